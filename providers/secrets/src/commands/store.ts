import { ProviderError } from "@nixops4-resources/protocol-core";
import { UsageError, readInputs, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import type { SecretReader, SecretWriter, StoredSecret } from "@nixops4-resources/protocol-secrets";
import { connection, connectReader, connectWriter, type Connection } from "../connection.ts";
import type { ErrorCode } from "../errors.ts";

export const openReader = async (given: CommandArguments): Promise<SecretReader> => connectReader(await read(given));

export const openWriter = async (given: CommandArguments): Promise<SecretWriter> => connectWriter(await read(given));

/** The connection in the file that `--connection` names. */
async function read({ values }: CommandArguments): Promise<Connection> {
  const file = values["connection"];
  if (typeof file !== "string") throw new UsageError("Name a file of the input `connection` with --connection");
  return await readInputs(connection, file);
}

export function oneName({ positionals: [name, ...others] }: CommandArguments): string {
  if (name === undefined) throw new UsageError("Name the secret");
  if (others.length > 0) throw new UsageError("Name one secret");
  return name;
}

/** The secret of that name, without its value. */
export async function find(store: SecretReader, name: string): Promise<StoredSecret> {
  const stored = await store.look(name);
  if (stored !== undefined) return stored;
  throw new ProviderError<ErrorCode>(`${store.place} has no secret ${name}`, {
    code: "secrets.name.unknown",
    hint: "Run `nixops4-resources-secrets inventory` to see the existing secrets",
  });
}
