import type { Access } from "../access.ts";
import type { Caller } from "../caller.ts";
import { all, anyone, modifiesPermissions } from "../permission-rules.ts";
import type { Pool } from "../pools.ts";
import { within } from "./within.ts";
import { Parameters } from "../../http/parameters.ts";
import type { Call, Route } from "../../http/route.ts";
import { failure } from "../../refusal.ts";

/** The members of a pool that exist and that the caller sees. */
export type MembersOf = (pool: Pool, caller: Caller) => readonly unknown[];

const allocate = all("/pool/{poolid}", "Pool.Allocate");

/** Source: PVE/API2/Pool.pm */
export const poolRoutes = (access: Access, membersOf: MembersOf): readonly Route[] => [
  { method: "GET", path: "/pools", permission: anyone, answer: (call) => listPools(access, membersOf, call) },
  {
    method: "POST",
    path: "/pools",
    permission: allocate,
    answer: ({ parameters }) => within("create pool", () => createPool(access, parameters)),
  },
  {
    method: "PUT",
    path: "/pools",
    permission: allocate,
    answer: ({ caller, parameters }) => within("update pools", () => updatePool(access, caller, parameters)),
  },
  {
    method: "DELETE",
    path: "/pools",
    permission: allocate,
    answer: ({ parameters }) => within("delete pool", () => deletePool(access, parameters.required("poolid"))),
  },
];

const described = (poolid: string, { comment }: Pool) => ({ poolid, ...(comment === undefined ? {} : { comment }) });

/** With `poolid` every user sees a pool and its comment. Reference: section 13, accounts */
function listPools({ pools, permissions }: Access, membersOf: MembersOf, { caller, parameters }: Call): unknown {
  const name = parameters.text("poolid");
  if (name !== undefined) {
    const pool = pools.pool(name);
    return [{ ...described(name, pool), members: membersOf(pool, caller) }];
  }
  return pools.names
    .filter((poolid) => permissions.has(caller, `/pool/${poolid}`, "Pool.Audit"))
    .map((poolid) => described(poolid, pools.pool(poolid)));
}

function createPool({ pools }: Access, parameters: Parameters): void {
  const name = parameters.required("poolid");
  if (pools.has(name)) throw failure(`pool '${name}' already exists`);
  const [, parent] = /^(.+)\/[^/]+$/.exec(name) ?? [];
  if (parent !== undefined && !pools.has(parent)) throw failure(`parent '${parent}' of pool '${name}' does not exist`);
  pools.add(name, parameters.text("comment") || undefined);
}

function updatePool(access: Access, caller: Caller, parameters: Parameters): void {
  const pool = access.pools.pool(parameters.required("poolid"));
  const mayModify = (path: string): void => modifiesPermissions(access, caller, new Parameters([["path", path]]));
  if (parameters.has("comment")) pool.comment = parameters.text("comment") || undefined;
  for (const vmid of parameters.list("vms").map(Number)) {
    mayModify(`/vms/${vmid}`);
    updateVm(access, pool, vmid, parameters);
  }
  for (const storage of parameters.list("storage")) {
    mayModify(`/storage/${storage}`);
    updateStorage(pool, storage, parameters.flag("delete"));
  }
}

function updateVm({ pools }: Access, pool: Pool, vmid: number, parameters: Parameters): void {
  if (parameters.flag("delete")) {
    if (!pool.vms.delete(vmid)) throw failure(`VM ${vmid} is not a pool member`);
    return;
  }
  if (pool.vms.has(vmid)) throw failure(`VM ${vmid} is already a pool member`);
  const before = pools.poolOf(vmid);
  if (before !== undefined && !parameters.flag("allow-move")) {
    throw failure(`VM ${vmid} belongs already to pool '${before}' and 'allow-move' is not set`);
  }
  pools.removeVm(vmid);
  pool.vms.add(vmid);
}

function updateStorage(pool: Pool, storage: string, isDeletion: boolean): void {
  if (isDeletion) {
    if (!pool.storages.delete(storage)) throw failure(`Storage '${storage}' is not a pool member`);
  } else {
    if (pool.storages.has(storage)) throw failure(`Storage '${storage}' is already a pool member`);
    pool.storages.add(storage);
  }
}

function deletePool({ pools, acl }: Access, name: string): void {
  const { vms, storages } = pools.pool(name);
  const [vm] = [...vms].sort((one, other) => one - other);
  const [storage] = [...storages].sort();
  const child = pools.names.find((other) => other.startsWith(`${name}/`));
  if (child !== undefined) throw failure(`pool '${name}' is not empty (contains pool '${child}')`);
  if (vm !== undefined) throw failure(`pool '${name}' is not empty (contains VM ${vm})`);
  if (storage !== undefined) throw failure(`pool '${name}' is not empty (contains storage '${storage}')`);
  pools.delete(name);
  acl.removePath(`/pool/${name}`);
}
