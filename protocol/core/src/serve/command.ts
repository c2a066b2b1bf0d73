import { readFileSync } from "node:fs";
import type * as z from "zod/mini";
import { inputSchema, parseInputs, parseStrictly } from "../converge/inputs.ts";
import type { Resource, Shape, Want } from "../resource/resource.ts";
import { isObject, type Properties } from "../wire/wire.ts";

/** One argument with a name, as node:util's `parseArgs` takes it. */
export interface CommandOption {
  readonly type: "string" | "boolean";
  readonly short?: string;
}

/** What a person wrote behind the command's name. */
export interface CommandArguments {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

/** A command for people that only this provider has, such as `log` of a state. */
export interface Command {
  /** Its arguments as help shows them: `NAME [--reveal]`. */
  readonly usage: string;
  /** What it does, in a few words. */
  readonly summary: string;
  readonly options?: Readonly<Record<string, CommandOption>>;
  /**
   * Returns the exit status: 0 done, 1 failed, 2 there are differences. Throws a ProviderError for what fails, Misunderstood
   * for arguments that make no sense.
   */
  run(given: CommandArguments, print: (text: string) => void): Promise<number>;
}

export type Commands = Readonly<Record<string, Command>>;

/** What a person wrote makes no sense; the message says why. The exit status is 3. */
export class Misunderstood extends Error {
  override readonly name = "Misunderstood";
}

/** The JSON object in a file, of stdin with `-`. */
export function readObject(path: string): Properties {
  try {
    const value: unknown = JSON.parse(readFileSync(path === "-" ? 0 : path, "utf8"));
    if (isObject(value)) return value;
  } catch (error) {
    throw new Misunderstood(
      `The inputs cannot be read from ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  throw new Misunderstood(`${path} does not hold a JSON object`);
}

/** The same, checked as inputs of a request are. */
export async function readInputs<Schema extends z.ZodMiniObject>(
  schema: Schema,
  path: string,
): Promise<z.output<Schema>> {
  return await parseStrictly(schema, readObject(path));
}

/** All inputs of a resource, as NixOps4 sends them and as `read` and `plan` take them. */
export async function readResourceInputs<
  Connection extends z.ZodMiniType,
  Inputs extends Shape,
  Outputs extends Shape,
  Reader extends AsyncDisposable,
  Writer extends Reader,
>(resource: Resource<Connection, Inputs, Outputs, Reader, Writer>, path: string): Promise<Want<Connection, Inputs>> {
  return await parseInputs(resource, inputSchema(resource), readObject(path));
}
