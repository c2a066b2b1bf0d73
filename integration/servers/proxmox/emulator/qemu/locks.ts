import { setTimeout as sleep } from "node:timers/promises";
import type { Guest } from "./guest.ts";
import type { Faults } from "../control/faults.ts";
import { failure } from "../refusal.ts";

interface Holder {
  readonly isShared: boolean;
  /** Resolves when the lock is free again. */
  readonly ended: Promise<unknown>;
}

type Work<Result> = () => Promise<Result> | Result;

/** The lock files of VMs. Reference: section 6 */
export class FileLocks {
  readonly #holders = new Map<number, readonly Holder[]>();
  readonly #faults: Faults;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  /** Works while nobody else changes the VM. Throws if others hold the lock for so many seconds. */
  hold<Result>(vmid: number, seconds: number, work: Work<Result>): Promise<Result> {
    return this.#take(vmid, seconds, false, work);
  }

  /** Works while nobody changes the VM, beside others that do not change it either. */
  share<Result>(vmid: number, seconds: number, work: Work<Result>): Promise<Result> {
    return this.#take(vmid, seconds, true, work);
  }

  async #take<Result>(vmid: number, seconds: number, isShared: boolean, work: Work<Result>): Promise<Result> {
    const wait = this.#faults.lockWait(vmid);
    if (wait !== undefined) {
      await sleep(wait);
      throw timedOut(vmid);
    }
    const deadline = Date.now() + seconds * 1000;
    for (let others = this.#against(vmid, isShared); others.length > 0; others = this.#against(vmid, isShared)) {
      const left = deadline - Date.now();
      if (left <= 0) throw timedOut(vmid);
      await Promise.race([Promise.all(others.map(({ ended }) => ended)), sleep(left, undefined, { ref: false })]);
    }
    const running = Promise.resolve().then(work);
    const holder: Holder = {
      isShared,
      ended: running.catch(() => undefined).then(() => this.#remove(vmid, holder)),
    };
    this.#holders.set(vmid, [...(this.#holders.get(vmid) ?? []), holder]);
    try {
      return await running;
    } finally {
      await holder.ended;
    }
  }

  #against(vmid: number, isShared: boolean): readonly Holder[] {
    return (this.#holders.get(vmid) ?? []).filter((holder) => !isShared || !holder.isShared);
  }

  #remove(vmid: number, holder: Holder): void {
    this.#holders.set(
      vmid,
      (this.#holders.get(vmid) ?? []).filter((other) => other !== holder),
    );
  }
}

const timedOut = (vmid: number): Error =>
  failure(`can't lock file '/var/lock/qemu-server/lock-${vmid}.conf' - got timeout`);

/** The property `lock` of the configuration. */
export function checkLock(guest: Guest): void {
  if (guest.lock !== undefined) throw failure(`VM is locked (${guest.lock})`);
}

export function checkProtection(guest: Guest, what: string): void {
  if (guest.config.current.get("protection") === "1") throw failure(`${what} - protection mode enabled`);
}
