import type { CommandArguments } from "@nixops4-resources/protocol-core/command";
import { find, openWriter } from "./store.ts";

/** After an identity was replaced: whoever is recipient no more opens nothing that is written from now on. */
export async function rewrap(given: CommandArguments, print: (text: string) => void): Promise<number> {
  await using store = await openWriter(given);
  const { positionals } = given;
  const names = positionals.length > 0 ? positionals : (await store.list()).map(({ name }) => name);
  for (const name of names) {
    const { recipients } = await find(store, name);
    await store.change(name, { recipients });
    const { encryptedTo } = await find(store, name);
    print(`${name} is encrypted to ${encryptedTo.join(", ")}\n`);
  }
  return 0;
}
