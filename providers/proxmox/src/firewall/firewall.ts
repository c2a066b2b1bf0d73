import { AlreadyExists, defineResource, MarkChanged, type Mark } from "@nixops4-resources/protocol-core";
import { failure } from "../api/failure.ts";
import { connectReader } from "../api/reader.ts";
import { connectWriter, type ProxmoxWriter } from "../api/writer.ts";
import { connection } from "../connection.ts";
import { whileLocked } from "../lock.ts";
import { lookingAgain } from "../vm/identity/gone.ts";
import { isSameOwner } from "../vm/identity/machine-mark.ts";
import { removeAliases } from "./aliases/write.ts";
import { findGuest, isEmpty, openFirewall, type Guest } from "./find.ts";
import { inputs, outputs, type Want } from "./inputs.ts";
import { listFirewalls } from "./list.ts";
import { removeMark, writeMark } from "./mark.ts";
import { removeOptions } from "./options/write.ts";
import { removeRules } from "./rules/write.ts";
import { seeFirewall } from "./seen.ts";
import { unlessSetsChange } from "./sets/look.ts";
import { removeSets } from "./sets/write.ts";
import { fill, settle } from "./settle.ts";

export default defineResource({
  type: "firewall",
  description:
    "The firewall of a VM: its options, rules, IP sets and aliases, and the addresses that it may use. The mark is the comment of an empty IP set, `nixops4`. Rules, sets and aliases that the deployment manages have the tag `[nixops4]` in their comments; those of others are kept and reported. A VM that is destroyed takes its firewall along.",
  requireState: false,
  identity: ["name", "vmid"],
  connection,
  inputs,
  outputs,
  immutable: {
    name: "Keep the name: it only tells the resource from others of the deployment",
    vmid: "Declare another firewall for the other VM, and destroy this one",
  },
  stableOutputs: [],
  leastRights:
    "On the path `/pool/<pool>` of the VM (or `/vms/<vmid>`) the token needs `VM.Audit` and `VM.Config.Network`. With `Sys.Audit` on `/` the provider also warns if the firewall of the whole cluster is off. A tenant with `VM.Config.Network` can change the firewall, too.",
  example: {
    name: "web",
    vmid: 100_000,
    rules: [
      { action: "ACCEPT", macro: "SSH", source: "+office", comment: "Administration" },
      { action: "ACCEPT", proto: "tcp", dport: "80,443" },
    ],
    ipsets: { office: [{ cidr: "198.51.100.0/24" }] },
    antiSpoofing: { net0: ["192.0.2.5"] },
  },

  label: ({ name, vmid }) => `${name} of VM ${vmid}`,
  connectReader,
  connectWriter,

  async read(client, want) {
    return await unlessSetsChange(async () => {
      const guest = await findGuest(client, want);
      if (guest === undefined) return undefined;
      const firewall = await openFirewall(client, guest);
      return isEmpty(firewall) ? undefined : await seeFirewall(client, want, firewall);
    });
  },

  create: (client, want, mark) =>
    exclusively(client, want, async () => {
      const guest = await findGuest(client, want);
      if (guest === undefined) throw vmMissing(want);
      const firewall = await openFirewall(client, guest);
      if (!isEmpty(firewall)) throw new AlreadyExists(String(want.vmid));
      await writeMark(client, want, guest, guest.sets, mark);
      await fill(client, want, firewall);
    }),

  update: (client, want, { changed, mark }) =>
    exclusively(client, want, async () => settle(client, want, await presentGuest(client, want, mark), mark, changed)),

  delete: (client, want, { mark }) =>
    exclusively(client, want, async () => {
      const guest = await findGuest(client, want);
      if (guest === undefined) return;
      requireOwner(guest, mark);
      // Switched off first: a VM with its policies and without its rules would be cut off.
      await removeOptions(client, guest);
      await removeRules(client, guest);
      await removeSets(client, guest, new Map());
      await removeAliases(client, guest, {});
      await removeMark(client, guest);
    }),

  setMark: (client, want, mark, expected) =>
    exclusively(client, want, async () => {
      const guest = await presentGuest(client, want, expected);
      await (mark === undefined ? removeMark(client, guest) : writeMark(client, want, guest, guest.sets, mark));
    }),

  list: listFirewalls,
});

/** One request of this machine at a time. One whose VM was destroyed meanwhile looks again. */
const exclusively = (client: ProxmoxWriter, want: Want, work: () => Promise<void>): Promise<void> =>
  whileLocked("firewall", String(want.vmid), () => lookingAgain(client, want.vmid, work));

const vmMissing = ({ vmid }: Want): Error =>
  failure(
    `the VM ${vmid} does not exist`,
    "proxmox.firewall.vmMissing",
    "Create the VM first, and take `vmid` from the outputs of that `vm`",
  );

async function presentGuest(client: ProxmoxWriter, want: Want, expected: Mark | undefined): Promise<Guest> {
  const guest = await findGuest(client, want);
  if (guest === undefined) throw new MarkChanged();
  requireOwner(guest, expected);
  return guest;
}

/** The mark of an adoption does not have what `writeMark` adds to it. */
function requireOwner({ mark }: Guest, expected: Mark | undefined): void {
  if (!isSameOwner(mark, expected)) throw new MarkChanged();
}
