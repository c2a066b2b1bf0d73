import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

/** Places of network cards. */
export const cardSlot = z.string().check(z.regex(/^net([12]?[0-9]|3[01])$/));

const nullable = <T extends z.ZodMiniType>(type: T) => z.nullable(type);

const card = z.strictObject({
  bridge: option(
    z.string().check(z.regex(/^[-_.A-Za-z0-9]+$/)),
    "Bridge or VNet of the card. A token that is not root's needs `SDN.Use` on it.",
  ),
  model: option(z.enum(["virtio", "e1000", "e1000e", "rtl8139", "vmxnet3"]), "Model of the card.", "virtio"),
  mac: option(
    nullable(z.string().check(z.regex(/^[0-9A-F][02468ACE](:[0-9A-F]{2}){5}$/))),
    "MAC address, in upper case. Null keeps the present one; a new card gets one that depends on deployment, name and slot.",
    null,
  ),
  vlan: option(nullable(z.int().check(z.minimum(1), z.maximum(4094))), "VLAN tag. Null means none.", null),
  firewall: option(z.boolean(), "Whether the firewall of Proxmox filters the card.", false),
  mtu: option(
    nullable(z.int().check(z.minimum(1), z.maximum(65_520))),
    "MTU; 1 takes that of the bridge. Null means the default of the guest. For virtio only.",
    null,
  ),
  rate: option(
    nullable(z.number().check(z.minimum(0.001))),
    "Largest rate in megabytes per second. Null means no limit.",
    null,
  ),
});

export type CardInputs = z.output<typeof card>;

export const nics = option(
  z.record(cardSlot, card),
  "Network cards by slot: `net0` to `net31`. Cards of other slots are removed.",
  {},
);
