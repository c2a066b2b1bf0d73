import * as z from "zod/mini";
import type { ProxmoxReader } from "./reader.ts";
import { upid } from "./task.ts";
import { looseNumber } from "./values.ts";

const apiTasks = z.array(
  z.object({
    upid,
    type: z.string(),
    id: z.optional(z.string()),
    status: z.optional(z.string()),
    starttime: looseNumber,
  }),
);

type ListedTask = z.output<typeof apiTasks>[number];

/** The newest task of these types for a VM. Only our own tasks are shown, or all of them with Sys.Audit. */
export async function newestTask(
  client: ProxmoxReader,
  node: string,
  vmid: number,
  source: "active" | "archive",
  types: readonly string[],
): Promise<ListedTask | undefined> {
  const tasks = await client.get(`/nodes/${node}/tasks`, apiTasks, { source, vmid });
  return tasks.find(({ type, id }) => types.includes(type) && id === String(vmid));
}
