import { isRejected } from "../../api/failure.ts";
import type { ProxmoxWriter } from "../../api/writer.ts";
import type { Place } from "../config/guest-config.ts";
import type { Want } from "../inputs.ts";
import { names } from "../names.ts";

/** Moves the VM to the declared pool, also from another one. Somebody else may have done it already. */
export async function moveToPool(client: ProxmoxWriter, { pool }: Want, { vmid }: Place): Promise<void> {
  if (pool === null) return;
  try {
    await client.change("PUT", "/pools", { poolid: pool, vms: String(vmid), "allow-move": 1 }, names);
  } catch (error) {
    if (!isRejected(error) || !error.words.endsWith("is already a pool member")) throw error;
  }
}
