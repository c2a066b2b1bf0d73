import { parseStrictly, Secret, type StoreRef } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { directoryStore } from "../directory/settings.ts";
import { inContext } from "../in-context.ts";
import { openSecretReader, type StorePlace } from "../open-store.ts";
import { postgresStore } from "../postgres/settings.ts";

/** Reads a secret from a store of the provider `secrets`: the version in the reference, or the current one (null). */
export async function readStore({ store }: StoreRef, what: string): Promise<{ secret: Secret; from: string }> {
  const { name, version = null, id = null } = store;
  return await inContext(`${what} cannot be read`, async () => {
    await using reader = await openSecretReader(await placeOf(store));
    const revealed = await reader.reveal(name, version, what, id);
    return {
      secret: new Secret(revealed.value.revealBytes(), what),
      from: `secret ${name} in ${reader.place}, version ${revealed.version}`,
    };
  });
}

/** Core has checked that the reference names exactly one kind; the settings of that kind are checked here. */
async function placeOf(store: StoreRef["store"]): Promise<StorePlace> {
  if ("directory" in store) {
    return await parseStrictly(z.strictObject({ directory: directoryStore }), { directory: store.directory });
  }
  return await parseStrictly(z.strictObject({ postgres: postgresStore }), { postgres: store.postgres });
}
