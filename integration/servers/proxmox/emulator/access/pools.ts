import { failure } from "../refusal.ts";

export interface Pool {
  comment: string | undefined;
  readonly vms: Set<number>;
  readonly storages: Set<string>;
}

/** Pools and their members, which need not exist. Reference: section 13, accounts */
export class Pools {
  readonly #pools = new Map<string, Pool>();

  get names(): readonly string[] {
    return [...this.#pools.keys()].sort();
  }

  has(name: string): boolean {
    return this.#pools.has(name);
  }

  find(name: string): Pool | undefined {
    return this.#pools.get(name);
  }

  pool(name: string): Pool {
    const pool = this.#pools.get(name);
    if (pool === undefined) throw failure(`pool '${name}' does not exist`);
    return pool;
  }

  add(name: string, comment: string | undefined): void {
    this.#pools.set(name, { comment, vms: new Set(), storages: new Set() });
  }

  delete(name: string): void {
    this.#pools.delete(name);
  }

  /** The pool that a VM belongs to. If an operator put it into another pool before, the first pool by name counts. */
  poolOf(vmid: number): string | undefined {
    return this.names.find((name) => this.#pools.get(name)?.vms.has(vmid) === true);
  }

  removeVm(vmid: number): void {
    for (const { vms } of this.#pools.values()) vms.delete(vmid);
  }
}
