import { takeLock } from "@nixops4-resources/protocol-core";
import { failure } from "../../api/failure.ts";
import type { ProxmoxReader } from "../../api/reader.ts";
import { findPool } from "../../pool/look.ts";
import type { Quota } from "../../pool/inputs.ts";
import { findConfig, type GuestConfig } from "../config/guest-config.ts";
import { parseProperties } from "../config/property-string.ts";
import { bytesOf, disksIn, gibibyte } from "../disks/drive.ts";
import { listRows } from "../identity/rows.ts";
import type { Want } from "../inputs.ts";

/** What VMs use together. */
type Use = { readonly [Name in keyof Quota]: number };

/**
 * Does work that lets the pool's VMs use more, if that stays within the quota. Until it has ended, no other request of this
 * machine does the same in the pool: a VM that is being created is seen by nobody.
 */
export async function withinQuota<T>(
  client: ProxmoxReader,
  want: Want,
  vmid: number | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { pool } = want;
  if (pool === null) return await work();
  const found = await findPool(client, pool);
  const quota = found?.quota;
  if (quota === undefined || Object.values(quota).every((limit) => limit === null)) return await work();
  using _lock = await takeLock(
    JSON.stringify(["proxmox", "quota", pool]),
    `another request that needs a part of the quota of pool ${pool}`,
  );
  requireWithin(pool, quota, await useOfOthers(client, pool, vmid), useOf(want));
  return await work();
}

/** Templates do not count. */
async function useOfOthers(client: ProxmoxReader, pool: string, vmid: number | undefined): Promise<Use> {
  const rows = (await listRows(client)).filter((row) => row.pool === pool && row.vmid !== vmid);
  const configs = [];
  for (const row of rows) configs.push(await findConfig(client, row));
  return configs.reduce((sum, config) => (config === undefined ? sum : add(sum, useIn(config))), nothing);
}

const nothing: Use = { vms: 0, cores: 0, memoryMib: 0, diskGib: 0 };

const add = (one: Use, other: Use): Use => ({
  vms: one.vms + other.vms,
  cores: one.cores + other.cores,
  memoryMib: one.memoryMib + other.memoryMib,
  diskGib: one.diskGib + other.diskGib,
});

const useIn = (config: GuestConfig): Use => ({
  vms: 1,
  cores: (config.number("cores") ?? 1) * (config.number("sockets") ?? 1),
  memoryMib: Number(parseProperties(config.get("memory") ?? "512", "current").get("current")),
  diskGib: [...disksIn(config).values()].reduce((sum, drive) => sum + bytesOf(drive) / gibibyte, 0),
});

const useOf = ({ cpu, memoryMib, disks }: Want): Use => ({
  vms: 1,
  cores: cpu.cores * cpu.sockets,
  memoryMib,
  diskGib: Object.values(disks).reduce((sum, { sizeGib }) => sum + sizeGib, 0),
});

const words: { readonly [Name in keyof Quota]: string } = {
  vms: "VMs",
  cores: "cores",
  memoryMib: "MiB of memory",
  diskGib: "GiB of disks",
};

function requireWithin(pool: string, quota: Quota, others: Use, wanted: Use): void {
  for (const name of ["vms", "cores", "memoryMib", "diskGib"] as const) {
    const limit = quota[name];
    if (limit === null || others[name] + wanted[name] <= limit) continue;
    throw failure(
      `the quota of pool ${pool} is ${limit} ${words[name]}: its other VMs have ${others[name]}, and this one needs ${wanted[name]}`,
      "proxmox.quota.exceeded",
      `Raise \`quota.${name}\` of the pool, or declare less`,
    );
  }
}
