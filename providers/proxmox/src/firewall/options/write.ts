import type { ProxmoxWriter } from "../../api/writer.ts";
import type { Place } from "../../vm/config/guest-config.ts";
import { firewallOf, readOptions, stepByStep, type List } from "../lists.ts";
import { optionNames, optionParameters, seenOptions } from "./options.ts";
import type { Want } from "../inputs.ts";

const names = Object.values(optionNames);

/** Writes all options together, unless all are as declared. */
export async function writeOptions(client: ProxmoxWriter, place: Place, want: Want, first?: List): Promise<void> {
  await stepByStep(
    () => readOptions(client, place),
    ({ rows: [present = new Map()], digest }) => {
      const seen = seenOptions(present);
      if (names.every((name) => seen[name] === want[name])) return undefined;
      return () =>
        client.change("PUT", `${firewallOf(place)}/options`, { ...optionParameters(want), digest }, optionNames);
    },
    { first, isOne: true },
  );
}

/** Restores the defaults of Proxmox: the VM is not filtered any more. */
export async function removeOptions(client: ProxmoxWriter, place: Place): Promise<void> {
  await stepByStep(
    () => readOptions(client, place),
    ({ rows: [present = new Map()], digest }) => {
      const known = [...present.keys()].filter((name) => name in optionNames);
      if (known.length === 0) return undefined;
      return () => client.change("PUT", `${firewallOf(place)}/options`, { delete: known.join(","), digest });
    },
    { isOne: true },
  );
}
