import { isatty } from "node:tty";
import type * as z from "zod/mini";
import { readStdin, readUserFile, UnreadableFile } from "../files/read-user-file.ts";
import { inputSchema, listSchema, parseInputs, parseStrictly } from "../converge/inputs.ts";
import { printableJson } from "../report/printable.ts";
import type { Resource, Shape, Want } from "../resource/resource.ts";
import { isObject, type Kind, type Properties } from "../wire/wire.ts";

export { FailedStep } from "../converge/step.ts";
export { nearest } from "../converge/words.ts";

/** A named argument, as `parseArgs` of node:util takes it. */
export interface CommandOption {
  readonly type: "string" | "boolean";
  readonly short?: string;
}

/** The option of every command that prints a result, and its explanation in help. */
export const json = { type: "boolean" } as const satisfies CommandOption;
export const explainedJson = { "--json": "print JSON instead of text" } as const;

/** A result as JSON, which is safe for a terminal. */
export const toJson = (result: unknown): string => `${printableJson(JSON.stringify(result, null, 2))}\n`;

/** The arguments after the command's name. */
export interface CommandArguments {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

/** A command that only this provider has, such as `log` of a state. */
export interface Command {
  /** Its arguments as help shows them: `NAME [--reveal]`. */
  readonly usage: string;
  /** One short phrase for help. */
  readonly summary: string;
  readonly options?: Readonly<Record<string, CommandOption>>;
  /** Each argument as help shows it, with its explanation: `--last COUNT`. */
  readonly explained: Readonly<Record<string, string>>;
  /** The arguments of an example. */
  readonly example: string;
  /**
   * Returns the exit status: 0 done, 1 failed, 2 differences found. Throws a ProviderError for a failure and a UsageError
   * for invalid arguments.
   */
  run(given: CommandArguments, print: (content: string | Uint8Array) => void): Promise<number>;
}

/** Names that belong to resources: the verbs of the command line and the kinds of requests. */
export type ReservedName = Kind | "delete";

/** A provider's own commands by name. `serve` rejects a reserved name, because it would hide the verb. */
export type Commands = Readonly<Record<string, Command>> & { readonly [Name in ReservedName]?: never };

/** The command line is invalid. The exit status is 3. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** One action; by default to read the help. */
  readonly hint: string | undefined;

  constructor(reason: string, hint?: string) {
    super(reason);
    this.hint = hint;
  }
}

/** Largest file of inputs. Inputs are written by people. */
const largestInputBytes = 16_777_216;

/** The JSON object in a file or a pipe; `-` reads stdin. */
export async function readObject(path: string): Promise<Properties> {
  // Reading a terminal would wait without a word.
  if (path === "-" && isatty(0))
    throw new UsageError("No inputs are given", "Name a file, or pipe a JSON object into stdin");
  const place = path === "-" ? "stdin" : path;
  try {
    const bytes = await (path === "-"
      ? readStdin(largestInputBytes)
      : readUserFile(path, { largestBytes: largestInputBytes, pipes: true }));
    const value: unknown = JSON.parse(bytes.toString());
    if (isObject(value)) return value;
  } catch (error) {
    if (error instanceof UnreadableFile) throw new UsageError(`Unable to read inputs: ${error.message}`, error.hint);
    throw error instanceof SyntaxError ? invalid(place, error.message) : error;
  }
  throw new UsageError(`Unable to read ${place}: it does not contain a JSON object`, readableHint);
}

/** The reason quotes the text, which may be a secret in the wrong place. */
function invalid(place: string, reason: string): UsageError {
  const [where = ""] = /\(line \d+ column \d+\)/.exec(reason) ?? [];
  return new UsageError(`Unable to read ${place}: it is not valid JSON ${where}`.trim(), readableHint);
}

const readableHint = "Name a readable file that contains a JSON object";

/** The JSON object in a file, validated like the inputs of a request. */
export async function readInputs<Schema extends z.ZodMiniObject>(
  schema: Schema,
  path: string,
): Promise<z.output<Schema>> {
  return await parseStrictly(schema, await readObject(path));
}

/** All inputs of a resource from a file, as NixOps4 sends them and as `read` and `plan` take them. */
export async function readResourceInputs<
  Connection extends z.ZodMiniType,
  Inputs extends Shape,
  Outputs extends Shape,
  Reader extends AsyncDisposable,
  Writer extends Reader,
>(resource: Resource<Connection, Inputs, Outputs, Reader, Writer>, path: string): Promise<Want<Connection, Inputs>> {
  return await parseInputs(resource, inputSchema(resource), await readObject(path));
}

/** Connection and deployment in a file of inputs, as the verb `list` takes them; other inputs are ignored. */
export async function readListInputs<
  Connection extends z.ZodMiniType,
  Inputs extends Shape,
  Outputs extends Shape,
  Reader extends AsyncDisposable,
  Writer extends Reader,
>(
  resource: Resource<Connection, Inputs, Outputs, Reader, Writer>,
  path: string,
): Promise<Pick<Want<Connection, Inputs>, "connection" | "managedBy" | "timeoutSeconds">> {
  const { connection, managedBy, timeoutSeconds } = await readObject(path);
  return await parseInputs(resource, listSchema(resource), { connection, managedBy, timeoutSeconds });
}
