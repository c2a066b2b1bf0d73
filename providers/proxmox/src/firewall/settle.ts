import type { Mark } from "@nixops4-resources/protocol-core";
import type { ProxmoxWriter } from "../api/writer.ts";
import { removeAliases, writeAliases } from "./aliases/write.ts";
import type { Field, Want } from "./inputs.ts";
import { readOptions } from "./lists.ts";
import type { Firewall, Guest } from "./find.ts";
import { optionNames, seenOptions } from "./options/options.ts";
import { writeOptions } from "./options/write.ts";
import { writeRules } from "./rules/write.ts";
import { declaredSets } from "./sets/inputs.ts";
import { removeSets, writeSets } from "./sets/write.ts";
import { warnOfCluster } from "./warnings.ts";

/**
 * Fills a firewall that has nothing but our mark: what rules refer to, the rules, and then the options, which switch it on. A
 * repeated request continues.
 */
export async function fill(client: ProxmoxWriter, want: Want, empty: Firewall): Promise<void> {
  const sets = declaredSets(want);
  if (Object.keys(want.aliases).length > 0) await writeAliases(client, empty, want.aliases);
  if (sets.size > 0) await writeSets(client, empty, sets);
  await writeRules(client, empty, want.rules, { isAdopted: false, isActive: false }, empty.rules);
  await writeOptions(client, empty, want, empty.options);
  if (want.enable) await warnOfCluster(client);
}

/** Writes what differs, in the same order. What no rule refers to any more is removed before the options are written. */
export async function settle(
  client: ProxmoxWriter,
  want: Want,
  guest: Guest,
  mark: Mark,
  changed: ReadonlySet<Field>,
): Promise<void> {
  const sets = declaredSets(want);
  const hasSets = changed.has("ipsets") || changed.has("antiSpoofing");
  if (changed.has("aliases")) await writeAliases(client, guest, want.aliases);
  if (hasSets) await writeSets(client, guest, sets);
  if (changed.has("rules")) {
    const [present = new Map()] = (await readOptions(client, guest)).rows;
    const how = { isAdopted: mark.adopted === true, isActive: seenOptions(present).enable };
    await writeRules(client, guest, want.rules, how);
  }
  if (hasSets) await removeSets(client, guest, sets);
  if (changed.has("aliases")) await removeAliases(client, guest, want.aliases);
  if (Object.values(optionNames).some((name) => changed.has(name))) await writeOptions(client, guest, want);
  if (want.enable && changed.has("enable")) await warnOfCluster(client);
}
