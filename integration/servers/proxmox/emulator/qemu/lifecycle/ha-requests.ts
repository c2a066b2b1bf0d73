import type { Guest } from "../guest.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import { failure, textOf } from "../../refusal.ts";
import type { Task } from "../../tasks/task.ts";
import type { TaskOwner } from "../../tasks/tasks.ts";

/** The start of an HA-managed VM only changes what the configuration asks for. Source: PVE/API2/Qemu.pm: vm_start */
export function requestHaStart({ ha, tasks }: Datacenter, owner: TaskOwner, { vmid }: Guest): Task {
  return tasks.run(owner, "hastart", String(vmid), async (task) => {
    await task.pause();
    task.log(`Requesting HA start for VM ${vmid}`);
    try {
      ha.request(vmid, "started");
    } catch (error) {
      task.log(textOf(error));
      throw failure(`command 'ha-manager set vm:${vmid} --state started' failed: exit code 255`);
    }
  });
}

/** The stop only queues a command, which a service in the state error ignores. Source: PVE/API2/Qemu.pm: vm_shutdown */
export function requestHaStop({ ha, tasks }: Datacenter, owner: TaskOwner, { vmid }: Guest, seconds: number): Task {
  return tasks.run(owner, "hastop", String(vmid), async (task) => {
    await task.pause();
    task.log(`Requesting HA stop for VM ${vmid}`);
    ha.resource(vmid).stopSeconds = seconds;
  });
}
