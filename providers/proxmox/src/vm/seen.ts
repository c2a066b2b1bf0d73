import { somethingElse, type Seen } from "@nixops4-resources/protocol-core";
import type { ProxmoxReader } from "../api/reader.ts";
import { guestFacts } from "./agent/guest-facts.ts";
import { seenCloudInit } from "./cloud-init/parameters.ts";
import { isCloudInitPending } from "./cloud-init/pending.ts";
import { pendingKeys } from "./config/guest-config.ts";
import { seenExtra, seenSettings } from "./config/settings.ts";
import { splitTags } from "./config/tags.ts";
import { disksIn, seenDisk, unusedIn } from "./disks/drive.ts";
import { seenEfiDisk, seenTpmState } from "./disks/firmware.ts";
import type { Found } from "./identity/find.ts";
import { factsIn, uuidIn, wordsIn } from "./identity/machine-mark.ts";
import type { inputs, outputs, Want } from "./inputs.ts";
import { cardsIn, seenCard } from "./network/card.ts";
import { powerOf } from "./power/power.ts";

/** The VM in the shape of the inputs. */
export async function seeVm(
  client: ProxmoxReader,
  want: Want,
  found: Found,
): Promise<Seen<typeof inputs, typeof outputs>> {
  const { config, mark, pool, vmid, node } = found;
  const facts = factsIn(mark);
  const state = await powerOf(client, found);
  const cards = cardsIn(config);
  return {
    mark,
    inputs: {
      name: want.name,
      vmid: want.vmid === null ? null : vmid,
      description: want.description === null ? null : wordsIn(config),
      tags: seenTags(want.tags, facts?.tags ?? [], splitTags(config.get("tags"))),
      pool: want.pool === null ? null : pool,
      ...seenSettings(want, config, state.isKeptOn),
      disks: Object.fromEntries([...disksIn(config)].map(([slot, drive]) => [slot, seenDisk(drive, want.disks[slot])])),
      efiDisk: seenEfiDisk(want.efiDisk, config),
      tpmState: seenTpmState(want.tpmState, config),
      nics: Object.fromEntries([...cards].map(([slot, card]) => [slot, seenCard(card, want.nics[slot])])),
      cloudInit: seenCloudInit(want.cloudInit, config),
      extraConfig: seenExtra(want.extraConfig, facts?.extra ?? [], config),
      power: want.power === null ? null : state.isKeptOn ? "running" : "stopped",
      // An update finishes the clone.
      ...(facts?.cloning === true && { source: somethingElse }),
    },
    outputs: {
      vmid,
      node,
      uuid: uuidIn(config) ?? null,
      macs: Object.fromEntries([...cards].map(([slot, { mac }]) => [slot, mac])),
      ...(await guestFacts(client, want, found, state)),
      rebootRequired: state.isRunning ? await pendingKeys(client, found) : [],
      cloudInitPending: isCloudInitPending(facts, config, state),
      unusedDisks: [...unusedIn(config).values()].toSorted(),
    },
  };
}

/** The declared tags, and earlier ones of ours, in the order of the inputs. Tags of others are not compared. */
function seenTags(wanted: readonly string[], earlier: readonly string[], present: readonly string[]): string[] {
  const ours = [...wanted, ...earlier.filter((tag) => !wanted.includes(tag))];
  return ours.filter((tag) => present.includes(tag));
}
