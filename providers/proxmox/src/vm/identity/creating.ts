import { failure } from "../../api/failure.ts";
import type { ProxmoxReader } from "../../api/reader.ts";
import { exitOfTask } from "../../api/task.ts";
import { newestTask } from "../../api/task-list.ts";
import { numberOf } from "../../api/values.ts";
import { templateIn, type Want } from "../inputs.ts";
import { activeClone, endedClone } from "./clone-task.ts";
import { findById, isBeingCreated, isOurs } from "./find.ts";
import { listAllRows } from "./rows.ts";

/** The worker of a task was killed. Source: PVE::Tools::upid_read_status of pve-common. */
const killed = "unexpected status";

/**
 * Finds out who has an id that Proxmox does not give us. A pool's token sees its own VM only when its create has ended, so a
 * task that creates it is waited for. Throws if such a task was killed: no token can remove what it left.
 */
export async function holderOf(client: ProxmoxReader, want: Want, vmid: number): Promise<"ours" | "another"> {
  const nodes = await nodesOf(client, want, vmid);
  let isWaited = false;
  for (const node of nodes) {
    const creating =
      (await newestTask(client, node, vmid, "active", ["qmcreate"])) ?? (await activeClone(client, node, vmid));
    if (creating === undefined) continue;
    await exitOfTask(client, creating.upid, `another request that creates the VM ${vmid}`);
    isWaited = true;
  }
  const visible = await findById(client, vmid);
  if (visible !== undefined) {
    if (!isBeingCreated(visible)) return isOurs(visible, want) ? "ours" : "another";
    throw leftLocked(vmid, visible.node, visible.config.lock);
  }
  for (const node of nodes) {
    const last = await newestTask(client, node, vmid, "archive", ["qmcreate", "qmdestroy"]);
    if (last?.type === "qmcreate" && last.status === killed) throw leftLocked(vmid, node, "create");
    const clone = await endedClone(client, node, vmid, killed);
    if (clone !== undefined && (last === undefined || numberOf(last.starttime) <= numberOf(clone.starttime))) {
      throw leftLocked(vmid, node, "clone");
    }
  }
  return isWaited ? "ours" : "another";
}

/** Nodes on which a task may create the VM. The node of the template clones it. */
async function nodesOf(client: ProxmoxReader, want: Want, vmid: number): Promise<Set<string>> {
  const rows = await listAllRows(client);
  const others = rows.filter((row) => row.vmid === vmid || row.vmid === templateIn(want)?.vmid);
  return new Set([...want.nodes, ...others.map(({ node }) => node)]);
}

/** Only `root@pam` with a ticket, or a shell on the node, may remove the lock. */
export const leftLocked = (vmid: number, node: string, lock = "create"): Error =>
  failure(
    `the task that created the VM ${vmid} on ${node} was killed, and left the VM with the lock ${lock}`,
    "proxmox.vm.leftLocked",
    `If no other task on ${node} creates this VM now, run \`qm unlock ${vmid} && qm destroy ${vmid} --purge\` there, then apply again. No API token can do it`,
  );
