import { isExactObject, type ExactJson } from "@nixops4-resources/protocol-core";
import { toJson, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import { documentAt, readChronicle } from "../history/chronicle.ts";
import { expectPositionals, readCount, readInputs, requestOf } from "./target.ts";

/** Prints one line per changed value: `+` added, `-` removed, `~` changed. */
export async function diff(given: CommandArguments, print: (text: string) => void): Promise<number> {
  expectPositionals(given, ["the index A", "the index B"]);
  const [a, b] = given.positionals;
  const inputs = await readInputs(given);
  const chronicle = await readChronicle(inputs, requestOf(inputs));
  const before = leaves(await documentAt(chronicle, readCount(a, "A", 0)));
  const after = leaves(await documentAt(chronicle, readCount(b, "B", 0)));
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  const changes = paths
    .map((path): Change => ({ path, before: before.get(path), after: after.get(path) }))
    .filter((change) => textOf(change.before) !== textOf(change.after));
  if (given.values["json"] === true) print(toJson(changes));
  else for (const change of changes) print(`${lineOf(change)}\n`);
  return changes.length === 0 ? 0 : 2;
}

/** A value is absent if the document does not have it. */
interface Change {
  readonly path: string;
  readonly before: ExactJson | undefined;
  readonly after: ExactJson | undefined;
}

const textOf = (value: ExactJson | undefined): string => JSON.stringify(value) ?? "";

function lineOf({ path, before, after }: Change): string {
  if (before === undefined) return `+ ${path} ${textOf(after)}`;
  return after === undefined ? `- ${path} ${textOf(before)}` : `~ ${path} ${textOf(before)} -> ${textOf(after)}`;
}

/** Every leaf value, by its JSON pointer. */
function leaves(value: ExactJson, path = "", found = new Map<string, ExactJson>()): Map<string, ExactJson> {
  const inner = Array.isArray(value) || isExactObject(value) ? Object.entries(value) : [];
  if (inner.length === 0) return found.set(path, value);
  for (const [name, child] of inner) {
    leaves(child, `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, found);
  }
  return found;
}
