import { keepHeapSmall } from "@nixops4-resources/protocol-core/small-heap";
import { run } from "./run.ts";

keepHeapSmall();
const { env, stdout, stderr } = process;

process.exitCode = await run(process.argv.slice(2), {
  env,
  stdout,
  stderr,
  ask: process.stdin.isTTY ? ask : undefined,
  async findNix() {
    const { findNix } = await import("@nixops4-resources/integration-nix/find-nix");
    return findNix();
  },
});

/** Ctrl-C and Ctrl-D are an empty answer. */
async function ask(question: string): Promise<string> {
  const { createInterface } = await import("node:readline");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    let isAnswered = false;
    terminal.on("close", () => {
      if (!isAnswered) process.stderr.write("\n");
      resolve("");
    });
    terminal.on("SIGINT", () => {
      terminal.close();
      process.emit("SIGINT");
    });
    terminal.question(question, (answer) => {
      isAnswered = true;
      resolve(answer);
      terminal.close();
    });
  });
}
