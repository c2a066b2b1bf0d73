import { takeLock } from "@nixops4-resources/protocol-core";
import { baseDnOf } from "./dn.ts";

/**
 * Does work while no other request of this machine changes the same thing: lldap's writes have no condition. The lock is
 * named after the base DN, since one server has several addresses; two servers of one base DN only wait.
 */
export async function whileLocked<T>(
  kind: "attribute" | "group" | "user",
  { name, connection }: { name: string; connection: { readonly baseDn: string } },
  work: () => Promise<T>,
): Promise<T> {
  const lock = JSON.stringify(["lldap", kind, baseDnOf(connection), name]);
  using _lock = await takeLock(lock, `another process that changes the ${kind} ${name}`);
  return await work();
}
