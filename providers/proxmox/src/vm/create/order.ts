import type { Parameters } from "../../api/reader.ts";
import type { InputNames } from "../../api/rejection.ts";

/** A call that creates a VM by a task. */
export interface Order {
  readonly path: string;
  readonly parametersFor: (vmid: number) => Parameters;
  readonly inputNames: InputNames;
  /** Node of the new VM. */
  readonly node: string;
  /** Storages that the task fills, in alphabetic order: two requests wait for each other in the same order. */
  readonly storages: readonly string[];
  /** Locks of Proxmox that others release soon. A task that did not get one has left nothing. */
  readonly passing: RegExp;
}

export const storageLock = /can't lock file '[^']*pve-storage-[^']*' - got timeout/;
