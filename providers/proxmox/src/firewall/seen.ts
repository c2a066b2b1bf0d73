import type { Seen } from "@nixops4-resources/protocol-core";
import { failure } from "../api/failure.ts";
import type { ProxmoxReader } from "../api/reader.ts";
import { seenAliases, ourAliases } from "./aliases/write.ts";
import type { Firewall } from "./find.ts";
import type { inputs, outputs, Want } from "./inputs.ts";
import type { Properties } from "./lists.ts";
import { seenOptions } from "./options/options.ts";
import { seenRules } from "./rules/plan.ts";
import { inWords, isOurs } from "./rules/row.ts";
import { rulesIn } from "./rules/write.ts";
import { declaredSets } from "./sets/inputs.ts";
import { ourSets, seenSets } from "./sets/look.ts";
import { unfilteredCards, warnOfCards } from "./warnings.ts";

/** The firewall in the shape of the inputs. */
export async function seeFirewall(
  client: ProxmoxReader,
  want: Want,
  firewall: Firewall,
): Promise<Seen<typeof inputs, typeof outputs>> {
  const { mark, config, options, sets, aliases } = firewall;
  const { rows } = rulesIn(firewall.rules);
  const declared = declaredSets(want);
  if (client.needsSecrets) {
    if (mark?.managedBy === want.managedBy && mark.adopted !== true) requireFreeNames(firewall, want);
    warnOfCards(client, want, config);
  }
  const others = rows.filter((row) => !isOurs(row));
  return {
    mark,
    inputs: {
      name: want.name,
      vmid: want.vmid,
      ...seenOptions(options.rows[0] ?? new Map()),
      rules: seenRules(rows, want.rules),
      ...(await seenSets(client, firewall, sets, declared)),
      aliases: seenAliases(aliases, want.aliases),
    },
    outputs: { otherRules: others.map(inWords), unfilteredCards: unfilteredCards(config) },
  };
}

/** A set or alias of others is taken over by an adoption only. */
function requireFreeNames({ sets, aliases, vmid }: Firewall, want: Want): void {
  const others = [
    ...namesOf(sets.rows, ourSets(sets)).filter((name) => declaredSets(want).has(name)),
    ...namesOf(aliases.rows, ourAliases(aliases)).filter((name) => want.aliases[name] !== undefined),
  ];
  if (others.length === 0) return;
  throw failure(
    `the firewall of the VM ${vmid} has ${others.join(", ")} already, which this deployment did not create`,
    "proxmox.firewall.nameTaken",
    "Declare another name, or remove what exists by hand",
  );
}

const namesOf = (rows: readonly Properties[], ours: readonly string[]): string[] =>
  rows.map((row) => row.get("name")?.toLowerCase() ?? "").filter((name) => !ours.includes(name));
