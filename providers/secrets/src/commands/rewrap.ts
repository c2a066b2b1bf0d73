import { toJson, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import { find, openWriter } from "./store.ts";

/** For use after an identity was replaced: former recipients cannot decrypt what is written from now on. */
export async function rewrap(given: CommandArguments, print: (text: string) => void): Promise<number> {
  await using store = await openWriter(given);
  const { positionals } = given;
  const names = positionals.length > 0 ? positionals : (await store.list()).map(({ name }) => name);
  const isJson = given.values["json"] === true;
  const done: { name: string; encryptedTo: readonly string[] }[] = [];
  for (const name of names) {
    const { recipients } = await find(store, name);
    await store.change(name, { recipients });
    const { encryptedTo } = await find(store, name);
    done.push({ name, encryptedTo });
    if (!isJson) print(`${name} is encrypted to ${encryptedTo.join(", ")}\n`);
  }
  if (isJson) print(toJson(done));
  return 0;
}
