import { looseValue } from "./values/loose-values.ts";
import { maxDiskOf } from "./disks/sizes.ts";
import type { Guest } from "./guest.ts";

const mebibyte = 1024 ** 2;

/** GET status/current, and with fewer keys GET qemu. Source: PVE/QemuServer.pm: vmstatus */
export function statusOf(guest: Guest, ha: Record<string, unknown>): Record<string, unknown> {
  const { config, running, vmid } = guest;
  const agent = config.current.get("agent");
  const isEnabled = agent !== undefined && /^(enabled=)?1/.test(agent);
  return {
    ...listedStatus(guest),
    qmpstatus: running === undefined ? "stopped" : running.isPaused ? "paused" : "running",
    ...(isEnabled ? { agent: 1 } : {}),
    ha,
    ...(running === undefined ? {} : { pid: 200_000 + (vmid % 100_000), "running-machine": "pc-i440fx-10.1+pve0" }),
  };
}

export function listedStatus(guest: Guest): Record<string, unknown> {
  const { vmid, running, lock } = guest;
  const { current } = guest.config;
  const number = (key: string, fallback: number): number =>
    Number(looseValue(key, current.get(key) ?? String(fallback)));
  const tags = current.get("tags");
  return {
    vmid,
    name: current.get("name") ?? `VM ${vmid}`,
    status: running === undefined ? "stopped" : "running",
    cpus: number("cores", 1) * number("sockets", 1),
    maxmem: Number(current.get("memory") ?? 512) * mebibyte,
    maxdisk: maxDiskOf(guest),
    mem: running === undefined ? 0 : 64 * mebibyte,
    cpu: 0,
    disk: 0,
    uptime: running === undefined ? 0 : Math.floor((Date.now() - running.since) / 1000) + 1,
    netin: 0,
    netout: 0,
    diskread: 0,
    diskwrite: 0,
    ...(tags === undefined ? {} : { tags }),
    ...(lock === undefined ? {} : { lock }),
    ...(current.get("template") === "1" ? { template: 1 } : {}),
  };
}
