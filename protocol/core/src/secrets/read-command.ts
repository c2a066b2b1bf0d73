import { ProgramFailed, programOutput } from "./program-output.ts";
import { largestSecretBytes, unreadable } from "./read-secret.ts";

/** The output of the command of a reference. */
export async function readCommand([program = "", ...args]: readonly string[], what: string): Promise<Buffer> {
  try {
    return await programOutput(program, args, largestSecretBytes);
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    throw unreadable(
      what,
      `the command ${program} ${error.message}`,
      "secret.command.failed",
      error.isInterrupted ? "Apply again" : "Run the command manually as the same user to see its error",
    );
  }
}
