import { defineResource, MarkChanged } from "@nixops4-resources/protocol-core";
import { lowering } from "@nixops4-resources/protocol-core/lowering";
import { connectReader } from "../api/reader.ts";
import { connectWriter } from "../api/writer.ts";
import { connection } from "../connection.ts";
import { refuseGuest } from "./agent/guest-facts.ts";
import { createVm } from "./create/create.ts";
import { destroyUnfinished, destroyVm } from "./destroy/destroy.ts";
import { refuseDisks } from "./disks/refuse.ts";
import { warnOfEmptyDisks } from "./disks/slots.ts";
import { findVm } from "./identity/find.ts";
import { unlessGone } from "./identity/gone.ts";
import { inputs, outputs } from "./inputs.ts";
import { listVms } from "./list.ts";
import { warnOfOtherSource } from "./other-source.ts";
import { seeVm } from "./seen.ts";
import { writeMark } from "./update/set-mark.ts";
import { updateVm } from "./update/update.ts";

export default defineResource({
  type: "vm",
  description:
    "A virtual machine. Deployment and name determine the UUID in its SMBIOS, by which it is found again on whatever node it is; a line of its notes is the mark of the deployment. Nothing is ever replaced: what cannot change in place is rejected before anything is written. The VM is rebooted only if `rebootPolicy` says so.",
  requireState: false,
  identity: ["name"],
  connection,
  inputs,
  outputs,
  immutable: {
    name: "Declare a VM of the new name, move its data, and destroy this one; `hostname` changes the name in Proxmox only",
    vmid: "Proxmox cannot change an id: declare the id that the VM has, or null",
  },
  stableOutputs: ["vmid", "uuid"],
  leastRights:
    "On the path `/pool/<pool>` (or `/vms`) the token needs `VM.Allocate`, `VM.Audit`, `VM.PowerMgmt`, `VM.GuestAgent.Audit`, `VM.Config.CDROM`, `VM.Config.CPU`, `VM.Config.Cloudinit`, `VM.Config.Disk`, `VM.Config.HWType`, `VM.Config.Memory`, `VM.Config.Network`, `VM.Config.Options` and `Pool.Audit`; on `/storage/<storage>` of disks and images `Datastore.AllocateSpace` and `Datastore.Audit`; on `/sdn/zones/localnetwork/<bridge>` `SDN.Use`. A clone needs `VM.Clone` and `VM.Audit` on `/vms/<template>`, which the role `PVETemplateUser` has, and `SDN.Use` on the bridges of the template. Host keys need `VM.GuestAgent.FileRead`. To move a VM between pools it needs `Pool.Allocate` on both.",
  example: {
    name: "web",
    pool: "shop",
    nodes: ["pve1"],
    source: { image: { volume: "local:import/nixops4.ops.nixos-0123456789abcdef.qcow2" } },
    disks: { virtio0: { storage: "local", sizeGib: 20 } },
    nics: { net0: { bridge: "vmbr0" } },
    cloudInit: {
      storage: "local",
      user: "root",
      sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExample ops"],
      addresses: { net0: { ipv4: "192.0.2.5/24", gateway4: "192.0.2.1" } },
      dns: { servers: ["192.0.2.53"], searchDomain: "example.org" },
    },
    power: "running",
  },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(client, want, previous) {
    const found = await findVm(client, want, previous);
    if (found === undefined) return undefined;
    warnOfOtherSource(client, want, found);
    warnOfEmptyDisks(client, want, found.config);
    return await unlessGone(client, found.vmid, () => seeVm(client, want, found));
  },

  lowering: lowering(inputs),
  refuse: (want, seen) => refuseGuest(want) ?? refuseDisks(want, seen),
  create: createVm,
  update: updateVm,
  removeUnfinished: destroyUnfinished,
  delete: (client, want, { mark, outputs: { vmid } }) => destroyVm(client, want, { mark, vmid }),

  async setMark(client, want, mark, expected) {
    const found = await findVm(client, want);
    if (found === undefined) throw new MarkChanged();
    await writeMark(client, want, found, mark, expected);
  },

  list: listVms,
});
