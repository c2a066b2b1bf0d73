import { codeOf, MarkChanged } from "@nixops4-resources/protocol-core";
import { Rejected } from "../../api/failure.ts";
import type { ProxmoxReader } from "../../api/reader.ts";
import { TaskFailed } from "../../api/task.ts";
import { listRows } from "./rows.ts";

/** Work on a VM of a list; undefined if Proxmox rejects it because the VM was destroyed since, which a token is not told. */
export async function unlessGone<T>(client: ProxmoxReader, id: number, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (await isGone(client, id, error)) return undefined;
    throw error;
  }
}

/**
 * Work that changes a VM. Throws MarkChanged, so that the request looks again, if the VM was destroyed since, or if nobody
 * knows whether a write took effect.
 */
export async function lookingAgain<T>(client: ProxmoxReader, id: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isUnknown = ["proxmox.node.unreachable", "http.server.closed"].includes(codeOf(error));
    if (isUnknown || (await isGone(client, id, error))) throw new MarkChanged();
    throw error;
  }
}

async function isGone(client: ProxmoxReader, id: number, error: unknown): Promise<boolean> {
  if (!(error instanceof Rejected || error instanceof TaskFailed)) return false;
  return !(await listRows(client)).some(({ vmid }) => vmid === id);
}
