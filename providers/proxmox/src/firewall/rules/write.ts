import type { InputNames } from "../../api/rejection.ts";
import type { ProxmoxWriter } from "../../api/writer.ts";
import type { Place } from "../../vm/config/guest-config.ts";
import { firewallOf, readList, stepByStep, type List } from "../lists.ts";
import type { Rule } from "./inputs.ts";
import { nextStep, type Circumstances } from "./plan.ts";
import { changesTo, isOurs, parametersOf, type Row } from "./row.ts";

/** The rules of a VM in their order. */
export interface Rules {
  readonly rows: readonly Row[];
  readonly digest: string | undefined;
}

export const rulesIn = ({ rows, digest }: List): Rules => ({
  rows: rows.map((properties, index) => ({ position: Number(properties.get("pos") ?? index), properties })),
  digest,
});

/** Brings our rules into the declared form and order. Those of others stay as they are. */
export async function writeRules(
  client: ProxmoxWriter,
  place: Place,
  wanted: readonly Rule[],
  how: Circumstances,
  first?: List,
): Promise<void> {
  const path = `${firewallOf(place)}/rules`;
  await stepByStep(
    async () => rulesIn(await readList(client, place, "/rules")),
    ({ rows, digest }) => {
      const step = nextStep(rows, wanted, how);
      if (step === undefined) return undefined;
      // Proxmox compares no digest here: a new rule is always the first one.
      if (step.kind === "add") {
        return async () => {
          for (const { index, rule } of step.rules) {
            await client.change("POST", path, parametersOf(rule), namesOf(index));
          }
        };
      }
      const at = `${path}/${step.row.position}`;
      if (step.kind === "move") return () => client.change("PUT", at, { moveto: step.before, digest });
      if (step.kind === "remove") return () => client.remove(at, { digest });
      return () => client.change("PUT", at, { ...changesTo(step.row, step.rule), digest }, namesOf(step.index));
    },
    { first: first && rulesIn(first) },
  );
}

/** Deletes our rules, the last one first. */
export async function removeRules(client: ProxmoxWriter, place: Place): Promise<void> {
  await stepByStep(
    async () => rulesIn(await readList(client, place, "/rules")),
    ({ rows, digest }) => {
      const row = rows.findLast(isOurs);
      return row && (() => client.remove(`${firewallOf(place)}/rules/${row.position}`, { digest }));
    },
  );
}

/** Our inputs by Proxmox's parameters. */
const namesOf = (index: number): InputNames =>
  Object.fromEntries(
    Object.entries({ ...plainNames, "icmp-type": "icmpType" }).map(([parameter, name]) => [
      parameter,
      `rules.${index}.${name}`,
    ]),
  );

const plainNames = Object.fromEntries(
  ["type", "action", "macro", "proto", "source", "dest", "sport", "dport", "iface", "log", "comment"].map((name) => [
    name,
    name,
  ]),
);
