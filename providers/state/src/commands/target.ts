import type { Connecting } from "@nixops4-resources/protocol-core";
import { UsageError, readResourceInputs, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import resource from "../state-postgres.ts";

export const inputs = { type: "string", short: "i" } as const;

export type Inputs = Awaited<ReturnType<typeof readInputs>>;

/** The inputs of the state that a command is about. */
export async function readInputs({ values: { inputs: file } }: CommandArguments) {
  if (typeof file !== "string") throw new UsageError("Name the file with the state's inputs with --inputs");
  return await readResourceInputs(resource, file);
}

/** A command takes as long as a person lets it; each statement has its time. */
export const requestOf = ({ timeoutSeconds }: Pick<Inputs, "timeoutSeconds">): Connecting => ({
  signal: new AbortController().signal,
  timeoutSeconds,
});

/** A whole number from 0 that a person wrote; `otherwise` where he wrote none. */
export function readCount(given: string | boolean | undefined, name: string, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (typeof given === "string" && /^\d{1,9}$/.test(given)) return Number(given);
  throw new UsageError(`${name} must be a whole number, got ${JSON.stringify(given)}`);
}

/** No more positional arguments than the command takes. */
export function expectPositionals({ positionals }: CommandArguments, names: readonly string[]): void {
  if (positionals.length === names.length) return;
  throw new UsageError(
    names.length === 0 ? `What is ${positionals.join(" ")}?` : `Give ${names.join(" and ")}, and nothing else`,
  );
}
