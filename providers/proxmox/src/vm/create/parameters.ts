import type { Mark } from "@nixops4-resources/protocol-core";
import type { Parameters } from "../../api/reader.ts";
import { cloudInitParameters, driveSlot, instanceOf } from "../cloud-init/parameters.ts";
import { GuestConfig } from "../config/guest-config.ts";
import { settingFields, settingsOf } from "../config/settings.ts";
import { emptyDisk, importedDisk } from "../disks/drive.ts";
import { firmwareParameters } from "../disks/firmware.ts";
import { Identity } from "../identity/identity.ts";
import { descriptionWith, withFacts } from "../identity/machine-mark.ts";
import { imageIn, type Want } from "../inputs.ts";
import { cardText } from "../network/card.ts";

/** Every server of the last ten years has it, so that VMs can move between nodes. It is the default of Proxmox's own forms. */
const defaultCpu = "x86-64-v2-AES";

/** All parameters of the create. Tags come later: Proxmox checks them before the VM is in its pool. */
export function createParameters(want: Want, vmid: number, mark: Mark): Parameters {
  const config = wantedConfig(want);
  const { uuid } = new Identity(want);
  const facts = {
    name: want.name,
    uuid,
    vmid,
    tags: want.tags,
    extra: Object.keys(want.extraConfig),
    image: imageIn(want)?.volume,
    cloudInit: want.cloudInit === null ? undefined : { id: instanceOf(new GuestConfig(config)) },
    destroying: false,
  };
  return {
    vmid,
    ...(want.pool !== null && { pool: want.pool }),
    description: descriptionWith(want.description ?? "", withFacts(mark, facts)),
    smbios1: `uuid=${uuid}`,
    ...config,
  };
}

/** The settings without description and identity. */
function wantedConfig(want: Want): Record<string, string | number> {
  const { disks, nics, cloudInit } = want;
  const image = imageIn(want);
  const identity = new Identity(want);
  const bootSlot = image?.slot ?? Object.keys(disks)[0];
  const settings = settingFields.map((field) => settingsOf(field, want).set);
  return {
    ostype: "l26",
    cpu: defaultCpu,
    ...(Object.keys(disks).some((slot) => slot.startsWith("scsi")) && { scsihw: "virtio-scsi-single" }),
    ...(bootSlot !== undefined && { boot: `order=${bootSlot}` }),
    ...mapped(disks, (disk, slot) => (image?.slot === slot ? importedDisk(disk, image.volume) : emptyDisk(disk))),
    ...firmwareParameters(want),
    ...mapped(nics, (card, slot) => cardText(card, undefined, identity.macOf(slot))),
    ...(cloudInit !== null && {
      [driveSlot]: `${cloudInit.storage}:cloudinit`,
      ...cloudInitParameters(cloudInit),
    }),
    ...Object.assign({}, ...settings),
  };
}

const mapped = <T>(values: Readonly<Record<string, T>>, text: (value: T, key: string) => string) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, text(value, key)]));
