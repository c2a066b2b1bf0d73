import { takeLock } from "@nixops4-resources/protocol-core";

/** Does work while no other request of this machine changes the bucket: Garage's writes have no condition. */
export async function whileLocked<T>(id: string, work: () => Promise<T>): Promise<T> {
  using _lock = await takeLock(`garage bucket ${id}`, `another process that changes the bucket ${id.slice(0, 16)}`);
  return await work();
}
