import type { Fault } from "../../faults.ts";
import type { Datacenter } from "../cluster/datacenter.ts";
import { runHaManager } from "../cluster/ha-manager.ts";
import type { Guest } from "../qemu/guest.ts";
import { moveGuest } from "../qemu/lifecycle/migrate.ts";
import { rebootNode } from "../qemu/lifecycle/reboot-node.ts";

/** Changes the behaviour of the emulator. */
export async function applyFault(datacenter: Datacenter, fault: Fault): Promise<void> {
  const { faults } = datacenter;
  switch (fault.fault) {
    case "answer":
    case "reset":
    case "delay":
      faults.addForRequest(fault);
      return;
    case "slowTask":
    case "taskWarning":
    case "taskError":
    case "killTask":
      faults.addForTask(fault);
      return;
    case "kill":
      taskOf(datacenter, fault.upid).signal("kill");
      return;
    case "lockTimeout":
      faults.addLockTimeout(fault.vmid, fault.times ?? 1, fault.milliseconds ?? 100);
      return;
    case "reportDelay":
      faults.reportDelay = fault.milliseconds;
      return;
    case "copySpeed":
      faults.mebibytesPerSecond = fault.mebibytesPerSecond;
      return;
    case "node":
      datacenter.node(fault.node).isDown = fault.isDown;
      return;
    case "rebootNode":
      await rebootNode(datacenter, fault.node);
      return;
    case "haManager":
      runHaManager(datacenter, fault.milliseconds);
      return;
    case "haError":
      datacenter.ha.resource(fault.vmid).service = "error";
      return;
    case "userTagAccess":
      if (fault.value === null) datacenter.options.values.delete("user-tag-access");
      else datacenter.options.values.set("user-tag-access", fault.value);
      return;
    case "none":
      faults.clear();
      for (const node of datacenter.nodes) node.isDown = false;
      runHaManager(datacenter, null);
      return;
    case "agent":
      setAgent(datacenter, fault);
      return;
    case "lock":
    case "shutdown":
    case "move":
      applyToGuest(guestOf(datacenter, fault.vmid), fault, datacenter);
  }
}

type GuestFault = Extract<Fault, { fault: "lock" | "shutdown" | "move" }>;

function applyToGuest(guest: Guest, fault: GuestFault, datacenter: Datacenter): void {
  switch (fault.fault) {
    case "lock":
      if (fault.lock === null) guest.config.current.delete("lock");
      else guest.config.current.set("lock", fault.lock);
      return;
    case "shutdown":
      guest.hangsAtShutdown = fault.guest === "hangs";
      return;
    case "move":
      moveGuest(datacenter, guest, datacenter.node(fault.node).name);
  }
}

function setAgent({ guests, faults }: Datacenter, { agent, vmid }: Extract<Fault, { fault: "agent" }>): void {
  const answers =
    agent === "absent"
      ? undefined
      : { after: agent.afterMilliseconds ?? 0, interfaces: agent.interfaces, files: agent.files ?? {} };
  const guest = guests.get(vmid);
  if (guest !== undefined) {
    guest.agent = answers;
    if (guest.running !== undefined) guest.running.agentSince = Date.now();
  } else if (answers !== undefined) faults.agents.set(vmid, answers);
}

function guestOf(datacenter: Datacenter, vmid: number): Guest {
  const guest = datacenter.guests.get(vmid);
  if (guest === undefined) throw new Error(`VM ${vmid} does not exist`);
  return guest;
}

function taskOf(datacenter: Datacenter, upid: string) {
  const task = datacenter.tasks.all.find((candidate) => candidate.upid === upid);
  if (task === undefined) throw new Error(`the task ${upid} does not exist`);
  return task;
}
