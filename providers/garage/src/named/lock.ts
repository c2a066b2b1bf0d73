import { takeLock } from "@nixops4-resources/protocol-core";
import type { Connection } from "../connection.ts";

/**
 * Does work while no other request of this machine changes a key or token of this name: Garage's writes have no condition.
 * The lock is named after the region, since one server has several addresses; two servers of one region only wait.
 */
export async function whileNamed<T>(
  kind: "key" | "admin token",
  { name, connection }: { name: string; connection: Connection },
  work: () => Promise<T>,
): Promise<T> {
  const lock = JSON.stringify(["garage", kind, connection.s3.region, name]);
  using _lock = await takeLock(lock, `another process that changes the ${kind} ${name}`);
  return await work();
}
