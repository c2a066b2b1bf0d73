import type { Datacenter } from "./datacenter.ts";
import type { HaResource } from "./ha-resources.ts";
import { callerOf } from "../access/caller.ts";
import { shutDownGuest, startGuest, stopGuest } from "../qemu/lifecycle/power.ts";
import type { Guest } from "../qemu/guest.ts";

/** Starts the daemons of the HA manager, which look every so many milliseconds; null stops them. They look every 10 s in reality. */
export function runHaManager(datacenter: Datacenter, milliseconds: number | null): void {
  const { ha } = datacenter;
  clearInterval(ha.daemons);
  ha.daemons = undefined;
  if (milliseconds === null) return;
  const busy = new Set<number>();
  ha.daemons = setInterval(() => {
    for (const [vmid, resource] of ha.resources) {
      const guest = datacenter.guests.get(vmid);
      // Fencing of a node that is down is not emulated.
      if (guest === undefined || busy.has(vmid) || datacenter.node(guest.node).isDown) continue;
      busy.add(vmid);
      void manage(datacenter, resource, guest).finally(() => busy.delete(vmid));
    }
  }, milliseconds).unref();
}

/** One step of the manager, or the work that it gives to the node of the VM. Source: PVE/HA/Manager.pm: next_state_* */
async function manage(datacenter: Datacenter, resource: HaResource, guest: Guest): Promise<void> {
  switch (resource.service) {
    case undefined:
      if (resource.state !== "ignored") resource.service = isWanted(resource) ? "request_start" : "request_stop";
      return;
    case "request_start":
      resource.service = "started";
      return;
    case "started":
      await keepStarted(datacenter, resource, guest);
      return;
    case "request_stop":
      if (guest.running !== undefined) await halt(datacenter, resource, guest);
      resource.service = guest.running === undefined ? "stopped" : "error";
      resource.stopSeconds = undefined;
      return;
    case "stopped":
      resource.stopSeconds = undefined;
      if (isWanted(resource)) resource.service = "request_start";
      // The node always stops such a service, whoever started it.
      else if (guest.running !== undefined) await halt(datacenter, resource, guest);
      return;
    case "error":
      if (resource.state === "disabled") resource.service = "stopped";
  }
}

const isWanted = ({ state }: HaResource): boolean => state === "started" || state === "enabled";

async function keepStarted(datacenter: Datacenter, resource: HaResource, guest: Guest): Promise<void> {
  if (!isWanted(resource)) resource.service = "request_stop";
  else if (resource.stopSeconds !== undefined) {
    resource.service = "request_stop";
    resource.state = "stopped";
  } else if (guest.running === undefined) await startGuest(datacenter, ownerOf(guest), guest).ended;
}

/** Source: PVE/HA/Resources/PVEVM.pm: shutdown */
async function halt(datacenter: Datacenter, { stopSeconds: seconds = 60 }: HaResource, guest: Guest): Promise<void> {
  const owner = ownerOf(guest);
  const task =
    seconds === 0
      ? stopGuest(datacenter, owner, guest, false)
      : shutDownGuest(datacenter, owner, guest, { seconds, isForced: true });
  await task.ended;
}

const ownerOf = ({ node }: Guest) => ({ node, caller: callerOf("root@pam") });
