import * as z from "zod/mini";
import type { ProxmoxReader } from "../../api/reader.ts";
import { isSet, looseFlag } from "../../api/values.ts";

const apiConfig = z.record(z.string(), z.unknown());

const apiPending = z.array(
  z.object({ key: z.string(), pending: z.optional(z.unknown()), delete: z.optional(z.unknown()) }),
);

/** Place of a VM. */
export interface Place {
  readonly node: string;
  readonly vmid: number;
}

/** The properties of a VM as text: Proxmox sends `"1024"` for memory and `2` for cores. */
export class GuestConfig {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = new Map(Object.entries(values).map(([key, value]) => [key, textOf(value)]));
  }

  /** Version of the whole, for writes that must not meet another. */
  get digest(): string {
    return this.get("digest") ?? "";
  }

  /** What another process does with the VM, such as `backup`. */
  get lock(): string | undefined {
    return this.get("lock");
  }

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  number(key: string): number | undefined {
    const value = this.get(key);
    return value === undefined || !/^-?[0-9]+(\.[0-9]+)?$/.test(value) ? undefined : Number(value);
  }

  flag(key: string): boolean | undefined {
    const value = this.get(key);
    return value === undefined ? undefined : value === "1";
  }

  /** As it will be with these changes. */
  with(changes: Readonly<Record<string, string | number>>, removed: readonly string[]): GuestConfig {
    const kept = [...this.#values].filter(([key]) => !removed.includes(key));
    return new GuestConfig({ ...Object.fromEntries(kept), ...changes });
  }

  /** All properties whose key has this form. */
  matching(form: RegExp): [string, string][] {
    return [...this.#values].filter(([key]) => form.test(key));
  }
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "boolean" ? (value ? "1" : "0") : (JSON.stringify(value) ?? "");
}

export const pathOf = ({ node, vmid }: Place): string => `/nodes/${node}/qemu/${vmid}`;

/** The configuration as it will be after the next start. Undefined if the node has no such VM, which may be on another one. */
export async function findConfig(client: ProxmoxReader, place: Place): Promise<GuestConfig | undefined> {
  const missing = `Configuration file 'nodes/${place.node}/qemu-server/${place.vmid}.conf' does not exist`;
  const values = await client.find(`${pathOf(place)}/config`, apiConfig, missing);
  return values === undefined ? undefined : new GuestConfig(values);
}

/** The configuration of a VM without the changes that wait for its next start. */
export const runningConfig = async (client: ProxmoxReader, place: Place): Promise<GuestConfig> =>
  new GuestConfig(await client.get(`${pathOf(place)}/config`, apiConfig, { current: 1 }));

/** The keys whose new values wait for the next start, in alphabetic order. */
export async function pendingKeys(client: ProxmoxReader, place: Place): Promise<string[]> {
  const entries = await client.get(`${pathOf(place)}/pending`, apiPending);
  return entries
    .filter(({ pending, delete: removed }) => pending !== undefined || isRemoved(removed))
    .map(({ key }) => key)
    .toSorted();
}

/** 1, or 2 if the removal was forced. */
function isRemoved(value: unknown): boolean {
  const { success, data } = looseFlag.safeParse(value);
  return value !== undefined && (!success || isSet(data));
}
