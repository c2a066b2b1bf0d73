import { toJson, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import { find, oneName, openReader } from "./store.ts";

/** Prints the metadata as JSON, or the exact bytes of the value for a pipe. */
export async function show(given: CommandArguments, print: (content: string | Uint8Array) => void): Promise<number> {
  const name = oneName(given);
  await using store = await openReader(given);
  if (given.values["reveal"] === true) {
    const { value } = await store.reveal(name, null, "shown by nixops4-resources-secrets show");
    print(value.revealBytes());
  } else {
    print(toJson(await find(store, name)));
  }
  return 0;
}
