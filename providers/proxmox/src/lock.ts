import { requireMark, takeLock, type Mark } from "@nixops4-resources/protocol-core";
import { MarkChanged } from "@nixops4-resources/protocol-core";

type Kind = "acl" | "firewall" | "image" | "pool" | "role" | "token" | "user" | "vm";

/**
 * Does work while no other request of this machine changes the same object: Proxmox's writes have no condition. The lock is
 * named after kind and id only, since a cluster has an address per node and says its name to nobody without rights on it.
 * Two clusters with an object of one name only wait.
 */
export async function whileLocked<T>(kind: Kind, id: string, work: () => Promise<T>): Promise<T> {
  using _lock = await takeLock(JSON.stringify(["proxmox", kind, id]), `another process that changes the ${kind} ${id}`);
  return await work();
}

/** The object of the look before a write. Throws MarkChanged if it is gone or carries another mark. */
export function requireMarked<T extends { readonly mark: Mark | undefined }>(
  found: T | undefined,
  expected: Mark | undefined,
): T {
  if (found === undefined) throw new MarkChanged();
  requireMark(found.mark, expected);
  return found;
}
