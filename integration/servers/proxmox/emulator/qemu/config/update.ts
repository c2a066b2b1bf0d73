import { applyPending } from "./apply-pending.ts";
import { hotplug } from "./hotplug.ts";
import { cleanUpPending } from "./pending.ts";
import { prepareValues, readChange, type Change } from "./change.ts";
import { checkBridges, checkKeys } from "./key-permissions.ts";
import { deleteKeys } from "./delete-keys.ts";
import { setKeys } from "./set-keys.ts";
import { bootOrder } from "../values/boot-order.ts";
import { checkStorageAccess } from "../disks/volume-access.ts";
import { dropUsedAgain } from "../disks/unused.ts";
import type { Guest } from "../guest.ts";
import { checkLock } from "../locks.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import type { Call } from "../../http/route.ts";
import { failure, invalid } from "../../refusal.ts";
import type { Task } from "../../tasks/task.ts";

/** Where the update logs, and how long it takes. */
export type Progress = Pick<Task, "log" | "pause">;

/** PUT config works at once. */
const atOnce: Progress = { log: () => undefined, pause: () => Promise.resolve() };

/** Source: PVE/API2/Qemu.pm: update_vm_api */
export class Update {
  readonly #datacenter: Datacenter;
  readonly #call: Call;
  readonly #node: string;
  readonly #change: Change;

  constructor(datacenter: Datacenter, call: Call) {
    this.#datacenter = datacenter;
    this.#call = call;
    this.#node = call.parameters.required("node");
    this.#change = readChange(datacenter, call);
    prepareValues(this.#change.values);
    const { scope, values, deleted } = this.#change;
    checkKeys(scope, [...deleted]);
    checkKeys(scope, [...values.keys()]);
    checkStorageAccess(scope, datacenter.storages, values);
    checkBridges(scope, values);
    this.#loadAndCheck();
  }

  /** As one call, without a task. */
  async now(): Promise<void> {
    await this.#locked(atOnce);
  }

  /** As a task. */
  start(): Task {
    const { caller, parameters } = this.#call;
    const owner = { node: this.#node, caller };
    return this.#datacenter.tasks.run(owner, "qmconfig", parameters.required("vmid"), (task) => this.#locked(task));
  }

  async #locked(progress: Progress): Promise<void> {
    await this.#datacenter.locks.hold(this.#change.scope.vmid, 10, () => this.#apply(progress));
  }

  #loadAndCheck(): Guest {
    const { scope, digest, values } = this.#change;
    const guest = this.#datacenter.guest(this.#node, scope.vmid);
    if (digest !== undefined && digest !== guest.config.digest) {
      throw failure("checksum mismatch (file change by other user?)");
    }
    checkLock(guest);
    const memory = values.get("memory") ?? guest.config.next("memory") ?? "512";
    const balloon = values.get("balloon") ?? guest.config.next("balloon") ?? "0";
    const isAsked = values.has("memory") || values.has("balloon");
    if (isAsked && Number(balloon) > Number(memory.replace(/^current=/, ""))) {
      throw failure("balloon value too large (must be smaller than assigned memory)");
    }
    return guest;
  }

  async #apply(progress: Progress): Promise<void> {
    const guest = this.#loadAndCheck();
    const { scope, force, reverted } = this.#change;
    const { current, pending } = guest.config;
    const values = new Map(this.#change.values);
    const deleted = [...this.#change.deleted];
    for (const key of reverted) {
      const value = current.get(key);
      if (value !== undefined) values.set(key, value);
      else if (pending.has(key)) deleted.push(key);
    }
    const { parameters } = this.#call;
    progress.log(
      `update VM ${scope.vmid}: ${parameters
        .without("node", "vmid", "cipassword", "digest")
        .entries.map(([key, value]) => `-${key} ${value}`)
        .join(" ")}`,
    );
    const modified = new Set<string>();
    const work = {
      datacenter: this.#datacenter,
      guest,
      scope,
      modified,
      order: [...bootOrder(current.get("boot"))],
      progress,
    };
    deleteKeys(work, deleted, force);
    await setKeys(work, values, deleted);
    cleanUpPending(guest.config);
    dropUsedAgain(guest.config);
    const applied = { datacenter: this.#datacenter, guest, scope };
    if (guest.running === undefined) applyPending(applied);
    else {
      const problems = hotplug(applied, modified);
      if (Object.keys(problems).length > 0) throw invalid(problems);
    }
  }
}
