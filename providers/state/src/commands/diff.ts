import { isExactObject, type ExactJson } from "@nixops4-resources/protocol-core";
import type { CommandArguments } from "@nixops4-resources/protocol-core/command";
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
  const lines = paths.flatMap((path) => lineOf(path, before.get(path), after.get(path)));
  for (const line of lines) print(`${line}\n`);
  return lines.length === 0 ? 0 : 2;
}

function lineOf(path: string, before: string | undefined, after: string | undefined): string[] {
  if (before === after) return [];
  if (before === undefined) return [`+ ${path} ${after}`];
  return after === undefined ? [`- ${path} ${before}`] : [`~ ${path} ${before} -> ${after}`];
}

/** Every leaf value, by its JSON pointer. */
function leaves(value: ExactJson, path = "", found = new Map<string, string>()): Map<string, string> {
  const inner = Array.isArray(value) || isExactObject(value) ? Object.entries(value) : [];
  if (inner.length === 0) return found.set(path, JSON.stringify(value));
  for (const [name, child] of inner) {
    leaves(child, `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, found);
  }
  return found;
}
