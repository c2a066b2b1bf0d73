import type { Datacenter } from "./datacenter.ts";
import type { ResourceRows } from "./resource-rows.ts";
import type { MembersOf } from "../access/routes/pool-routes.ts";

/** Members that do not exist are not listed. Reference: the check "a pool takes ids that do not exist yet" */
export const poolMembers =
  ({ access, guests, storages, nodes }: Datacenter, rows: ResourceRows): MembersOf =>
  (pool, caller) => {
    const vms = [...pool.vms]
      .filter((vmid) => access.permissions.has(caller, `/vms/${vmid}`, "VM.Audit"))
      .flatMap((vmid) => guests.get(vmid) ?? [])
      .map((guest) => rows.row(guest));
    const stores = storages.rowsFor(nodes, caller).filter(({ storage }) => pool.storages.has(storage));
    return [...vms, ...stores];
  };
