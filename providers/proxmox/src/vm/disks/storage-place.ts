import { takeSlot } from "@nixops4-resources/protocol-core";

/** Disks that one storage makes at a time. With more, Proxmox's lock of the storage times out. */
const placesPerStorage = 2;

/** Does work that writes a whole disk, as soon as the storage has a place for it. */
export async function atStorage<T>(node: string, storage: string, work: () => Promise<T>): Promise<T> {
  using _place = await takeSlot(
    `proxmox-storage:${node}/${storage}`,
    placesPerStorage,
    `one of ${placesPerStorage} places at the storage ${storage} on ${node}`,
  );
  return await work();
}
