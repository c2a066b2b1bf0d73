import * as z from "zod/mini";
import { Rejected } from "../api/failure.ts";
import type { ProxmoxReader } from "../api/reader.ts";
import { looseNumber, numberOf } from "../api/values.ts";
import type { GuestConfig } from "../vm/config/guest-config.ts";
import { isOn } from "../vm/config/property-string.ts";
import { cardsIn } from "../vm/network/card.ts";
import type { Want } from "./inputs.ts";

const clusterOptions = z.object({ enable: z.optional(looseNumber) });

/** Cards whose packets the firewall does not filter. */
export const unfilteredCards = (config: GuestConfig): string[] =>
  [...cardsIn(config).values()]
    .filter(({ properties }) => !isOn(properties.get("firewall")))
    .map(({ slot }) => slot)
    .toSorted();

/** Warns of declarations without effect. */
export function warnOfCards(client: ProxmoxReader, want: Want, config: GuestConfig): void {
  const unfiltered = want.enable ? unfilteredCards(config) : [];
  if (unfiltered.length > 0) {
    client.warn(
      `the firewall does not filter ${unfiltered.join(", ")} of the VM ${want.vmid}: set \`firewall = true\` on the card in the inputs of the VM`,
    );
  }
  const cards = cardsIn(config);
  for (const slot of Object.keys(want.antiSpoofing).filter((one) => !cards.has(one))) {
    client.warn(`\`antiSpoofing\` names ${slot}, which the VM ${want.vmid} does not have`);
  }
}

/** Warns if the firewall of the whole cluster is off. Most tokens may not know. */
export async function warnOfCluster(client: ProxmoxReader): Promise<void> {
  try {
    const { enable = 0 } = await client.get("/cluster/firewall/options", clusterOptions);
    if (numberOf(enable) > 0) return;
  } catch (error) {
    if (error instanceof Rejected && error.status === 403) return;
    throw error;
  }
  client.warn(
    "the firewall of the cluster is off, so no VM is filtered: switch it on under Datacenter, Firewall, Options, after a look at the rules of the nodes",
  );
}
