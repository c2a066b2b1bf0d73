import { createInterface } from "node:readline/promises";
import { isatty } from "node:tty";
import { UsageError } from "@nixops4-resources/protocol-core/command";

/** Asks a person on the terminal; only `y` or `yes` confirms. The end of input does not. */
export async function confirm(question: string): Promise<boolean> {
  if (!isatty(0)) throw new UsageError("Nobody can confirm: stdin is not a terminal", "Read the list, then add --yes");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const ended = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
