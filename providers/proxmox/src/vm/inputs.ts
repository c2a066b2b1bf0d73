import { option, readMark, tagged, type Want as WantOf } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { connection } from "../connection.ts";
import { nodeName } from "../image/inputs.ts";
import { cloudInit } from "./cloud-init/inputs.ts";
import { efiDisk, tpmState } from "./disks/firmware-inputs.ts";
import { disks, onRemoveDisk, slot, unusedDisks } from "./disks/inputs.ts";
import { extraConfig } from "./config/extra-config.ts";
import { guest } from "./agent/inputs.ts";
import { nics } from "./network/inputs.ts";

const dnsName = z.string().check(z.regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$/));
const vmid = z.int().check(z.minimum(100), z.maximum(999_999_999));

/** Proxmox keeps 8192 characters, and the mark needs some of them. */
const words = z.string().check(
  z.maxLength(6000),
  z.regex(/^(\S(.*\S)?)?$/s),
  z.refine((text) => readMark(text) === undefined, "a text without a line that begins with `nixops4:`"),
);

const cpu = z.strictObject({
  cores: option(z.int().check(z.minimum(1), z.maximum(1024)), "Number of cores per socket.", 1),
  sockets: option(z.int().check(z.minimum(1), z.maximum(16)), "Number of sockets.", 1),
  type: option(
    z.nullable(z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._,+;=-]*$/))),
    "Type of the CPU, and its flags: `host`, `x86-64-v3,flags=+aes`. Null leaves it as it is; a new VM without template then gets `x86-64-v2-AES`.",
    null,
  ),
  limit: option(
    z.nullable(z.number().check(z.minimum(0.01), z.maximum(128))),
    "Largest use of the host's CPUs, where 1 is one of them. Null means no limit.",
    null,
  ),
  units: option(
    z.nullable(z.int().check(z.minimum(1), z.maximum(10_000))),
    "Weight of the VM if the host's CPUs are busy. Null means the default of Proxmox.",
    null,
  ),
});

const vmidRange = z
  .strictObject({
    first: option(vmid, "First id.", 100_000),
    last: option(vmid, "Last id.", 999_999),
  })
  .check(z.refine(({ first, last }) => first <= last, "a range whose first id is not larger than its last one"));

const source = tagged({
  image: () =>
    option(
      z.strictObject({
        volume: option(
          z
            .string()
            .check(
              z.refine(
                (text) => /^[A-Za-z][A-Za-z0-9._-]*:import\/[A-Za-z0-9._-]+$/.test(text),
                "the id of a volume for import: `local:import/nixos.qcow2`",
              ),
            ),
          "Id of the volume, from the output `volume` of an `image`: `local:import/nixos.qcow2`.",
        ),
        slot: option(slot, "Slot of the disk that is made from the image. It must be in `disks`.", "virtio0"),
      }),
      "An image that Proxmox imports.",
    ),
  template: () =>
    option(
      z.strictObject({
        vmid: option(vmid, "Id of the template; names of VMs are not unique."),
        full: option(
          z.boolean(),
          "Whether the disks are copied. `false` makes a linked clone, which needs the template as long as it exists, and whose disks stay on the storage of the template.",
          true,
        ),
      }),
      "A template that Proxmox clones. `disks` must have every disk of the template, with its size or a larger one. All of them go to one storage, or each stays on that of the template. Tags, CPU type, cloud-init and further properties of the template stay, unless the inputs declare them.",
    ),
});

export const inputs = {
  name: option(
    dnsName,
    "Name of the VM within the deployment, and its name in Proxmox unless `hostname` is set. Changing the name declares a different VM.",
  ),
  hostname: option(
    z.nullable(dnsName),
    "Name of the VM in Proxmox, which need not be unique; cloud-init makes it the host name. Null means `name`.",
    null,
  ),
  description: option(
    z.nullable(words),
    "Notes of the VM, without the mark of the deployment, which is a line of its own. Null leaves them as they are.",
    null,
  ),
  tags: option(
    z.array(
      z.string().check(
        z.regex(/^[a-z0-9_][a-z0-9_+.-]*$/),
        z.refine((tag) => !tag.startsWith("nixops4."), "a tag of your own"),
      ),
    ),
    "Tags. Other tags of the VM are kept. A cluster may restrict them by its option `user-tag-access`.",
    [],
  ),
  pool: option(
    z.nullable(z.string().check(z.regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+){0,2}$/))),
    "Pool of the VM. A tenant's token has its rights there, and the pool's quota is checked before a create and a growth. A VM of another pool is never taken for this one. Null means no pool.",
    null,
  ),
  nodes: option(
    z.array(nodeName).check(z.minLength(1)),
    "Nodes for a new VM: one that has the image or the template, chosen by deployment and name. A clone is made on another node than its template only if the nodes share all its storages. A VM that exists stays where it is, and is found on every node.",
  ),
  vmid: option(
    z.nullable(vmid),
    "Id of the VM, also of an existing one that `adopt` takes over. Null takes a free one of `vmidRange`, which deployment and name determine.",
    null,
  ),
  vmidRange: option(vmidRange, "Ids for a new VM. It counts when the VM is created.", {}),
  source: option(
    z.nullable(source),
    "Where the first contents of the disks come from. It counts when the VM is created: a later change applies to new VMs only, and the provider says so. Null makes empty disks.",
    null,
  ),
  disks,
  onRemoveDisk,
  unusedDisks,
  cpu: option(cpu, "Processors. A change of cores, sockets and type takes effect at the next start.", {}),
  memoryMib: option(
    z.int().check(z.minimum(16), z.maximum(4_194_304)),
    "Memory in MiB. A change takes effect at the next start.",
    1024,
  ),
  balloonMib: option(
    z.nullable(z.int().check(z.minimum(0))),
    "Memory in MiB down to which Proxmox takes memory back when the host has little; 0 disables it. Null leaves it as it is.",
    null,
  ),
  nics,
  agent: option(z.boolean(), "Whether Proxmox talks to the QEMU guest agent.", true),
  serial: option(z.boolean(), "Whether the VM has a serial console (`qm terminal`).", true),
  machine: option(
    z.nullable(z.string().check(z.regex(/^[a-z0-9][A-Za-z0-9.+,=_-]*$/))),
    "Type of the machine: `q35`, `pc-q35-9.0`. Null leaves it as it is.",
    null,
  ),
  bios: option(
    z.enum(["seabios", "ovmf"]),
    "Firmware. `ovmf` is UEFI, which needs `efiDisk` to keep its boot entries.",
    "seabios",
  ),
  efiDisk,
  tpmState,
  onboot: option(
    z.boolean(),
    'Whether the VM starts together with its node. `power = "stopped"` switches it off, and restores it afterwards.',
    true,
  ),
  startup: option(
    z.nullable(z.string().check(z.regex(/^(order=[0-9]+)?(,?up=[0-9]+)?(,?down=[0-9]+)?$/), z.minLength(1))),
    "Order and delays of the start together with the node: `order=1,up=30`. It needs `Sys.Modify` on `/`, which a tenant does not have. Null leaves it as it is.",
    null,
  ),
  protection: option(z.boolean(), "Whether Proxmox refuses to destroy the VM and its disks.", false),
  power: option(
    z.nullable(z.enum(["running", "stopped"])),
    "State of the VM. `stopped` shuts it down, and keeps it off when its node restarts. Null never starts, stops or reboots it; a new VM is then off.",
    null,
  ),
  shutdownSeconds: option(
    z.int().check(z.minimum(1), z.maximum(3600)),
    "Time in seconds for the guest to shut down, before the VM is stopped.",
    60,
  ),
  rebootPolicy: option(
    z.enum(["never", "ifNeeded"]),
    "Whether a change that takes effect only at the next start reboots the VM. `never` leaves it pending, as the output `rebootRequired` tells.",
    "never",
  ),
  cloudInit,
  guest,
  extraConfig,
};

export const outputs = {
  vmid: option(z.int(), "Id of the VM."),
  node: option(z.string(), "Node on which the VM is."),
  uuid: option(z.nullable(z.string()), "UUID that the guest sees in its SMBIOS. Null if an adopted VM has none."),
  macs: option(z.record(z.string(), z.string()), "MAC addresses by the slot of the card."),
  ipv4: option(
    z.record(z.string(), z.array(z.string())),
    "IPv4 addresses by the slot of the card, from `cloudInit` or the guest agent.",
  ),
  ipv6: option(
    z.record(z.string(), z.array(z.string())),
    "IPv6 addresses by the slot of the card, without link-local ones.",
  ),
  sshHostKeys: option(
    z.array(z.string()),
    "Public SSH host keys that the guest agent reads, for `known_hosts`. Empty unless `guest.sshHostKeys` asks for them.",
  ),
  rebootRequired: option(
    z.array(z.string()),
    "Properties of Proxmox that wait for the next start, by Proxmox's names.",
  ),
  cloudInitPending: option(
    z.boolean(),
    "Whether the guest has not booted since the settings for cloud-init changed. The next boot makes it a new machine.",
  ),
  unusedDisks: option(z.array(z.string()), "Volumes of detached disks that belong to the VM."),
};

export type Outputs = { [Name in keyof typeof outputs]: z.output<(typeof outputs)[Name]> };
export type Field = keyof typeof inputs;
export type Want = WantOf<typeof connection, typeof inputs>;

/** The image from which the VM is created, if it is. */
export const imageIn = ({ source: from }: Pick<Want, "source">) =>
  from !== null && "image" in from ? from.image : undefined;

/** The template from which the VM is cloned, if it is. */
export const templateIn = ({ source: from }: Pick<Want, "source">) =>
  from !== null && "template" in from ? from.template : undefined;

export type TemplateInputs = NonNullable<ReturnType<typeof templateIn>>;

export const hostnameOf = ({ hostname, name }: Pick<Want, "hostname" | "name">): string => hostname ?? name;
