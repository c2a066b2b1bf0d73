import { run } from "./run.ts";

const { env, stdout, stderr } = process;

process.exitCode = await run(process.argv.slice(2), {
  env,
  stdout,
  stderr,
  confirm: process.stdin.isTTY ? confirm : undefined,
  async findNix() {
    const { findNix } = await import("@nixops4-resources/integration-nix/find-nix");
    return findNix();
  },
});

async function confirm(question: string): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}
