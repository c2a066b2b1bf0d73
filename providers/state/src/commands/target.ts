import type { Connecting } from "@nixops4-resources/protocol-core";
import { UsageError, readResourceInputs, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import resource from "../state-postgres.ts";

export const inputs = { type: "string", short: "i" } as const;

export type Inputs = Awaited<ReturnType<typeof readInputs>>;

/** Inputs of the state on which a command works. */
export async function readInputs({ values: { inputs: file } }: CommandArguments) {
  if (typeof file !== "string") throw new UsageError("Name the file with the state's inputs with --inputs");
  return await readResourceInputs(resource, file);
}

/** A command has no deadline, only each statement has a timeout. */
export const requestOf = ({ timeoutSeconds }: Pick<Inputs, "timeoutSeconds">): Connecting => ({
  signal: new AbortController().signal,
  timeoutSeconds,
});

/** Parses a whole number >= 0; returns `otherwise` if none was given. */
export function readCount(given: string | boolean | undefined, name: string, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (typeof given === "string" && /^\d{1,9}$/.test(given)) return Number(given);
  throw new UsageError(`${name} must be a whole number, got ${JSON.stringify(given)}`);
}

/** Checks the number of positional arguments. */
export function expectPositionals({ positionals }: CommandArguments, names: readonly string[]): void {
  if (positionals.length === names.length) return;
  throw new UsageError(
    names.length === 0 ? `What is ${positionals.join(" ")}?` : `Give ${names.join(" and ")}, and nothing else`,
  );
}
