import type { Listed } from "@nixops4-resources/protocol-core";
import { displayName } from "../name.ts";
import { markOf } from "../note/note.ts";
import { isSharedNote } from "../note/owner-line.ts";
import type { Stored } from "../stored.ts";
import { isReverse } from "./reverse.ts";
import { sharesIn } from "./shared.ts";

/** The resources of a deployment with records in a set. */
export function listedIn(stored: Stored, zone: string, managedBy: string): Listed[] {
  const { name, type, ttlSeconds, values } = stored;
  const label = `${displayName(name)} ${type}`;
  const inputs = { zone: displayName(zone), name: displayName(name), type, ttlSeconds };
  if (isSharedNote(stored.note)) {
    return sharesIn(stored, managedBy).map(({ part, mark, values: own }) => ({
      label: part === null ? label : `${label} (${part})`,
      inputs: { ...inputs, values: own, shared: true, part },
      mark,
    }));
  }
  const mark = markOf(stored);
  if (mark?.managedBy !== managedBy || mark.type !== "rrset" || isReverse(stored)) return [];
  return [{ label, inputs: { ...inputs, values: [...values] }, mark }];
}
