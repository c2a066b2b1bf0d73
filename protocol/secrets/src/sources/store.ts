import { parseStrictly, type Secret, type StoreRef } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { directoryStore } from "../directory/settings.ts";
import { inContext } from "../in-context.ts";
import { openSecretReader, type StorePlace } from "../open-store.ts";
import { postgresStore } from "../postgres/settings.ts";

/** A secret that the provider `secrets` keeps, in the version that the reference names, or (null) the current one. */
export async function readStore({ store }: StoreRef, what: string): Promise<{ secret: Secret; from: string }> {
  const { name, version = null } = store;
  return await inContext(`${what} cannot be read`, async () => {
    await using reader = await openSecretReader(await placeOf(store));
    const revealed = await reader.reveal(name, version, what);
    return { secret: revealed.value, from: `secret ${name} in ${reader.place}, version ${revealed.version}` };
  });
}

/** Core has seen that exactly one kind is named; each kind checks its own settings. */
async function placeOf(store: StoreRef["store"]): Promise<StorePlace> {
  if ("directory" in store) {
    return await parseStrictly(z.strictObject({ directory: directoryStore }), { directory: store.directory });
  }
  return await parseStrictly(z.strictObject({ postgres: postgresStore }), { postgres: store.postgres });
}
