import type { Mark } from "@nixops4-resources/protocol-core";
import type { Parameters } from "../../api/reader.ts";
import type { ProxmoxWriter } from "../../api/writer.ts";
import { driveSlot } from "../cloud-init/parameters.ts";
import type { GuestConfig, Place } from "../config/guest-config.ts";
import { formatProperties, parseProperties } from "../config/property-string.ts";
import { settingFields } from "../config/settings.ts";
import { writeDisks } from "../config/write.ts";
import { addedAndChanged } from "../disks/change.ts";
import { addedFirmware } from "../disks/firmware.ts";
import { cloudInitDriveIn } from "../disks/drive.ts";
import { growDisks } from "../disks/grow.ts";
import { Identity } from "../identity/identity.ts";
import { factsIn, markIn } from "../identity/machine-mark.ts";
import type { Field, Want } from "../inputs.ts";
import { cardsIn, cardText } from "../network/card.ts";
import { powerOf, type PowerState } from "../power/power.ts";
import { revertingFailures } from "../update/hotplug.ts";
import { metadataChanges } from "../update/metadata.ts";
import { writeTags } from "../update/tags.ts";

/**
 * Makes a fresh clone what the inputs say. Our UUID, and a mark that is no longer that of an unfinished clone, come with the
 * same write as everything else, so that a repeated request continues before it, and finds a usual VM after it.
 */
export async function finishClone(client: ProxmoxWriter, want: Want, place: Place, mark: Mark): Promise<void> {
  const state = await powerOf(client, place);
  await writeTags(client, place, mark, want);
  await revertingFailures(client, place, () =>
    writeDisks(
      client,
      place,
      mark,
      (config) => cloneChanges(want, place.vmid, mark, state, config),
      `the settings of the clone ${place.vmid}`,
    ),
  );
  await growDisks(client, place, mark, want);
}

/** All that differs from the template, in one write. Undefined if another request has finished the clone. */
function cloneChanges(
  want: Want,
  vmid: number,
  mark: Mark,
  state: PowerState,
  config: GuestConfig,
): Parameters | undefined {
  if (factsIn(markIn(config))?.cloning !== true) return undefined;
  const cards = ownCards(want, config);
  const { uuid } = new Identity(want);
  const { cloudInit } = want;
  const isDriveMissing = cloudInit !== null && cloudInitDriveIn(config) === undefined;
  return {
    ...metadataChanges({ want, vmid, mark, changed: fieldsOf(want), state }, config.with(cards, [])),
    ...addedAndChanged(want)(config),
    ...addedFirmware(want)(config),
    ...cards,
    ...(isDriveMissing && { [driveSlot]: `${cloudInit.storage}:cloudinit` }),
    smbios1: formatProperties([...parseProperties(config.get("smbios1") ?? "", ""), ["uuid", uuid]], ""),
  };
}

/** What the inputs leave as it is stays that of the template. */
const fieldsOf = ({ description }: Want): ReadonlySet<Field> =>
  new Set<Field>([...settingFields, "nics", "cloudInit", ...(description === null ? [] : ["description" as const])]);

/** The declared cards, with the MAC addresses that follow from deployment and name: Proxmox has made random ones. */
function ownCards({ nics, ...want }: Want, config: GuestConfig): Record<string, string> {
  const identity = new Identity(want);
  const cards = cardsIn(config);
  return Object.fromEntries(
    Object.entries(nics).map(([slot, wanted]) => {
      const mac = identity.macOf(slot);
      const present = cards.get(slot);
      return [slot, cardText(wanted, present && { ...present, mac }, mac)];
    }),
  );
}
