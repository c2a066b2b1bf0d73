import type { CommandArguments } from "@nixops4-resources/protocol-core/command";
import { documentAt, readChronicle } from "../history/chronicle.ts";
import { readState } from "../store/read-state.ts";
import { expectPositionals, readCount, readInputs, requestOf } from "./target.ts";

/** Prints the document as JSON. Reads the complete history only for an earlier index. */
export async function show(given: CommandArguments, print: (text: string) => void): Promise<number> {
  expectPositionals(given, []);
  const at = given.values["at"];
  const inputs = await readInputs(given);
  const request = requestOf(inputs);
  const document =
    at === undefined
      ? (await readState(inputs, request)).document
      : await documentAt(await readChronicle(inputs, request), readCount(at, "--at", 0));
  print(`${JSON.stringify(document, null, 2)}\n`);
  return 0;
}
