import { randomUUID } from "node:crypto";
import { startGuest } from "./power.ts";
import { defaultBootOrder } from "../values/boot-order.ts";
import { checkSshKeys, prepareValues, resolveCdrom } from "../config/change.ts";
import { checkBridges, checkKeys, requireOnVm, type Scope } from "../config/key-permissions.ts";
import { hashed } from "../config/set-keys.ts";
import { checkTags, uniqueTags } from "../values/tags.ts";
import { createDisks, isKill } from "../disks/create-disks.ts";
import { checkStorageAccess } from "../disks/volume-access.ts";
import { Guest } from "../guest.ts";
import { isRoot } from "../../access/caller.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import type { Parameters } from "../../http/parameters.ts";
import type { Call } from "../../http/route.ts";
import { failure, forbidden, notEmulated, textOf } from "../../refusal.ts";
import { words } from "../../words.ts";
import type { Task } from "../../tasks/task.ts";

/** A VM that is to be created. */
interface Plan {
  readonly datacenter: Datacenter;
  readonly scope: Scope;
  readonly node: string;
  readonly values: Map<string, string>;
  readonly parameters: Parameters;
}

const controls = words(`
  node vmid archive bwlimit force pool start ha-managed storage unique live-restore import-working-storage
`);

/** Source: PVE/API2/Qemu.pm: create_vm; reference: section 13, a pool token */
export async function createGuest(datacenter: Datacenter, { caller, parameters }: Call): Promise<string> {
  const pool = parameters.text("pool");
  const vmid = Number(parameters.required("vmid"));
  const scope: Scope = { access: datacenter.access, caller, vmid, pool };
  const values = new Map(parameters.without(...controls).entries);
  const plan: Plan = { datacenter, scope, node: parameters.required("node"), values, parameters };
  checkPlan(plan);
  prepareValues(values);
  await createAndLock(plan);
  return datacenter.tasks.start({ node: plan.node, caller }, "qmcreate", String(vmid), (task) => work(plan, task));
}

function checkPlan({ datacenter, scope, values, parameters }: Plan): void {
  const { access, caller, vmid, pool } = scope;
  const { permissions } = access;
  if (parameters.has("archive") || parameters.flag("live-restore")) throw notEmulated("restoring a VM");
  checkSshKeys(values.get("sshkeys"));
  if (pool !== undefined && !access.pools.has(pool)) throw forbidden(`pool '${pool}' does not exist`);
  const storage = parameters.text("storage");
  if (storage !== undefined) permissions.require(caller, `/storage/${storage}`, "Datastore.AllocateSpace");
  if (parameters.flag("ha-managed")) permissions.require(caller, "/", "Sys.Console");
  if (parameters.flag("start")) requireOnVm(scope, "VM.PowerMgmt");
  const mayAllocate =
    permissions.has(caller, `/vms/${vmid}`, "VM.Allocate") ||
    (pool !== undefined && permissions.has(caller, `/pool/${pool}`, "VM.Allocate"));
  if (!mayAllocate) throw forbidden();
  resolveCdrom(values);
  checkStorageAccess(scope, datacenter.storages, values, storage);
  checkKeys(scope, [...values.keys()].sort());
  for (const [key, value] of values) {
    if (!/^serial\d+$/.test(key)) continue;
    if (value === "socket") requireOnVm(scope, "VM.Config.HWType");
    else if (!isRoot(caller)) throw failure(`only root can set '${key}' config for real devices`);
  }
  checkBridges(scope, values);
}

const prefix = ({ scope }: Plan): string => `unable to create VM ${scope.vmid} -`;

/** One of several calls wins; the others wait for its task, 5 s at most. Reference: section 7 */
async function createAndLock(plan: Plan): Promise<void> {
  const { datacenter, node, scope } = plan;
  try {
    await datacenter.locks.hold(scope.vmid, 5, () => {
      const existing = datacenter.guests.get(scope.vmid);
      if (existing !== undefined) throw failure(`VM ${scope.vmid} already exists on node '${existing.node}'`);
      const guest = new Guest(scope.vmid, node);
      guest.agent = datacenter.faults.agents.get(scope.vmid);
      guest.config.current.set("lock", "create");
      datacenter.guests.set(scope.vmid, guest);
    });
  } catch (error) {
    throw failure(`${prefix(plan)} ${textOf(error)}`);
  }
}

async function work(plan: Plan, task: Task): Promise<void> {
  const { datacenter, scope, parameters, node } = plan;
  const { guests, locks } = datacenter;
  try {
    await locks.hold(scope.vmid, 1, () => fill(plan, task));
  } catch (error) {
    // A killed worker leaves the lock and the disks behind. Reference: section 7
    if (!isKill(error)) guests.delete(scope.vmid);
    throw error;
  }
  if (parameters.flag("ha-managed")) datacenter.ha.add(scope.vmid, parameters.flag("start") ? "started" : "stopped");
  if (!parameters.flag("start")) return;
  task.log("Execute autostart");
  const started = startGuest(datacenter, { node, caller: scope.caller }, datacenter.guest(node, scope.vmid));
  await started.ended;
}

async function fill(plan: Plan, task: Task): Promise<void> {
  const { datacenter, scope, node, values, parameters } = plan;
  const guest = datacenter.guest(node, scope.vmid);
  const defaultStorage = parameters.text("storage");
  try {
    const created = await createDisks({ datacenter, scope, guest, defaultStorage, task }, values);
    try {
      await task.pause();
      writeConfig(plan, guest, created.values);
    } catch (error) {
      if (!isKill(error)) for (const { storage, volume } of created.volumes) storage.remove(volume);
      throw error;
    }
  } catch (error) {
    if (isKill(error)) throw error;
    throw failure(`${prefix(plan)} ${textOf(error)}`);
  }
  // Membership comes last. Reference: section 13, a pool token
  if (scope.pool !== undefined) datacenter.access.pools.find(scope.pool)?.vms.add(scope.vmid);
}

function writeConfig({ datacenter, scope, values }: Plan, guest: Guest, disks: ReadonlyMap<string, string>): void {
  const config = new Map([...values, ...disks]);
  const tags = config.get("tags");
  if (tags !== undefined) {
    checkTags(datacenter, scope, "", tags);
    config.set("tags", uniqueTags(tags));
  }
  const password = config.get("cipassword");
  if (password !== undefined) config.set("cipassword", hashed(password));
  if (!config.has("boot")) config.set("boot", defaultBootOrder(config));
  if (!config.has("smbios1")) config.set("smbios1", `uuid=${randomUUID()}`);
  if (!config.has("vmgenid")) config.set("vmgenid", randomUUID());
  config.set("meta", `creation-qemu=10.1.2,ctime=${Math.floor(Date.now() / 1000)}`);
  const { current } = guest.config;
  current.delete("lock");
  for (const [key, value] of config) current.set(key, value);
}
