import { ProviderError } from "@nixops4-resources/protocol-core";
import { Misunderstood, readInputs, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import type { SecretReader, SecretWriter, StoredSecret } from "@nixops4-resources/protocol-secrets";
import { connect, connection } from "../connection.ts";
import type { ErrorCode } from "../errors.ts";

/** The store of the connection in the file that was named. */
export async function openStore(given: CommandArguments, access: "write"): Promise<SecretWriter>;
export async function openStore(given: CommandArguments, access: "read"): Promise<SecretReader>;
export async function openStore({ values }: CommandArguments, access: "read" | "write"): Promise<SecretReader> {
  const file = values["connection"];
  if (typeof file !== "string") throw new Misunderstood("Name a file of the input `connection` with --connection");
  const read = await readInputs(connection, file);
  return access === "write" ? await connect(read, access) : await connect(read, access);
}

/** The one name that was given. */
export function oneName({ positionals: [name, ...others] }: CommandArguments): string {
  if (name === undefined) throw new Misunderstood("Name the secret");
  if (others.length > 0) throw new Misunderstood("Name one secret");
  return name;
}

/** The secret of that name, without its value. */
export async function find(store: SecretReader, name: string): Promise<StoredSecret> {
  const stored = await store.look(name);
  if (stored !== undefined) return stored;
  throw new ProviderError<ErrorCode>(`there is no secret ${name} in ${store.place}`, {
    code: "secrets.name.unknown",
    hint: "See `nixops4-resources-secrets list` for those that are there",
  });
}
