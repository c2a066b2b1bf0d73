import type { Datacenter } from "./datacenter.ts";
import type { Guest } from "../qemu/guest.ts";
import { maxDiskOf } from "../qemu/disks/sizes.ts";

/** What a node last reported about a VM. */
interface Report {
  readonly at: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The rows of VMs in lists of the cluster: tags, lock and node are live, the rest is the node's last report. */
export class ResourceRows {
  readonly #datacenter: Datacenter;
  readonly #reports = new WeakMap<Guest, Report>();

  constructor(datacenter: Datacenter) {
    this.#datacenter = datacenter;
  }

  /** Reference: section 3, inventory */
  row(guest: Guest): Record<string, unknown> {
    const { vmid, node, config } = guest;
    const pool = this.#datacenter.access.pools.poolOf(vmid);
    const tags = config.current.get("tags");
    return {
      id: `qemu/${vmid}`,
      type: "qemu",
      vmid,
      node,
      ...this.#reported(guest),
      ...(tags === undefined ? {} : { tags }),
      ...(pool === undefined ? {} : { pool }),
      ...(guest.lock === undefined ? {} : { lock: guest.lock }),
    };
  }

  #reported(guest: Guest): Readonly<Record<string, unknown>> {
    const { reportDelay } = this.#datacenter.faults;
    const report = this.#reports.get(guest);
    if (report !== undefined && Date.now() - report.at < reportDelay) return report.values;
    if (report === undefined && Date.now() - guest.createdAt < reportDelay) return { status: "unknown" };
    const values = reportOf(guest);
    this.#reports.set(guest, { at: Date.now(), values });
    return values;
  }
}

const mebibyte = 1024 ** 2;

function reportOf(guest: Guest): Readonly<Record<string, unknown>> {
  const { config, running } = guest;
  const number = (key: string, fallback: number): number => Number(config.current.get(key) ?? fallback);
  return {
    name: config.current.get("name") ?? `VM ${guest.vmid}`,
    status: running === undefined ? "stopped" : "running",
    template: guest.isTemplate ? 1 : 0,
    maxcpu: number("cores", 1) * number("sockets", 1),
    maxmem: number("memory", 512) * mebibyte,
    maxdisk: maxDiskOf(guest),
    cpu: 0,
    mem: running === undefined ? 0 : 64 * mebibyte,
    disk: 0,
    diskread: 0,
    diskwrite: 0,
    netin: 0,
    netout: 0,
    uptime: running === undefined ? 0 : Math.floor((Date.now() - running.since) / 1000) + 1,
  };
}
