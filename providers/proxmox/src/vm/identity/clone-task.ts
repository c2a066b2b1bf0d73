import { currentSignal } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ProxmoxReader } from "../../api/reader.ts";
import { firstLines } from "../../api/task.ts";
import { looseNumber } from "../../api/values.ts";

const apiTasks = z.array(z.object({ upid: z.string(), status: z.optional(z.string()), starttime: looseNumber }));

export type CloneTask = z.output<typeof apiTasks>[number];

/** Source: PVE::API2::Qemu of qemu-server. Lines about a lock may precede it. */
const newId = /^creating a clone of VM [0-9]+ with ID ([0-9]+)$/;

/**
 * The running task of ours that clones something to this id. Its own id is that of the template, and only its log names the
 * clone. A task that has not begun to write it is asked again.
 */
export async function activeClone(client: ProxmoxReader, node: string, vmid: number): Promise<CloneTask | undefined> {
  const { setTimeout: pause } = await import("node:timers/promises");
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 1000)) {
    const tasks = await clonesOn(client, node, "active");
    const ids = await Promise.all(tasks.map(({ upid }) => idIn(client, upid)));
    const at = ids.indexOf(vmid);
    if (at !== -1) return tasks[at];
    if (!ids.includes(undefined)) return undefined;
    await pause(waitMs, undefined, { signal: currentSignal() });
  }
}

/** The newest clone of ours to this id that ended so. */
export async function endedClone(
  client: ProxmoxReader,
  node: string,
  vmid: number,
  status: string,
): Promise<CloneTask | undefined> {
  for (const task of await clonesOn(client, node, "archive")) {
    if (task.status === status && (await idIn(client, task.upid)) === vmid) return task;
  }
  return undefined;
}

/** Only our own tasks are shown, or all of them with Sys.Audit; the newest one first. */
const clonesOn = async (client: ProxmoxReader, node: string, from: "active" | "archive"): Promise<CloneTask[]> =>
  await client.get(`/nodes/${node}/tasks`, apiTasks, { source: from, typefilter: "qmclone", limit: 500 });

async function idIn(client: ProxmoxReader, upid: string): Promise<number | undefined> {
  const lines = await firstLines(client, upid);
  const [id] = lines.flatMap((line) => newId.exec(line)?.[1] ?? []);
  return id === undefined ? undefined : Number(id);
}
