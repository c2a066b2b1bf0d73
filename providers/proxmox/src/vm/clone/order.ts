import type { Mark } from "@nixops4-resources/protocol-core";
import { pathOf } from "../config/guest-config.ts";
import type { Order } from "../create/order.ts";
import { disksIn, storageOf } from "../disks/drive.ts";
import type { Want } from "../inputs.ts";
import { names } from "../names.ts";
import { cloneParameters } from "./parameters.ts";
import type { CloneSite } from "./template.ts";

/** The call that clones the template, on its node. */
export function cloneOrder(want: Want, mark: Mark, site: CloneSite): Order {
  const { template, node, storage } = site;
  const present = [...disksIn(template.config).values()].map(({ volume }) => storageOf(volume));
  const storages = storage === undefined ? present : [storage];
  return {
    path: `${pathOf(template)}/clone`,
    parametersFor: (vmid) => cloneParameters(want, vmid, mark, site),
    inputNames: { ...names, newid: "vmid", storage: "disks", target: "nodes", full: "source.template.full" },
    node,
    storages: [...new Set(storages)].toSorted(),
    passing: new RegExp(
      String.raw`can't lock file '[^']*(pve-storage-[^']*|qemu-server/lock-${template.vmid}\.conf)' - got timeout`,
    ),
  };
}
