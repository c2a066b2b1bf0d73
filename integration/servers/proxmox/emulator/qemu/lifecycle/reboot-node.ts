import { shutDownGuest, startGuest } from "./power.ts";
import { callerOf } from "../../access/caller.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";

/**
 * A reboot of a node: its VMs shut down; then those with `onboot` start, but for those of the HA manager, which starts
 * them itself. Source: PVE/API2/Nodes.pm: stopall, startall, get_start_stop_list
 */
export async function rebootNode(datacenter: Datacenter, name: string): Promise<void> {
  const owner = { node: datacenter.node(name).name, caller: callerOf("root@pam") };
  const guests = [...datacenter.guests.values()].filter((guest) => guest.node === name);
  for (const guest of guests) {
    if (guest.running === undefined) continue;
    await shutDownGuest(datacenter, owner, guest, { seconds: 60, isForced: true }).ended;
  }
  for (const guest of guests) {
    const isStarted = guest.config.current.get("onboot") === "1" && !guest.isTemplate;
    if (isStarted && !datacenter.ha.isManaged(guest.vmid)) await startGuest(datacenter, owner, guest).ended;
  }
}
