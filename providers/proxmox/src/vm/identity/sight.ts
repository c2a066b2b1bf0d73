import * as z from "zod/mini";
import { failure } from "../../api/failure.ts";
import type { ProxmoxReader } from "../../api/reader.ts";
import { looseFlag } from "../../api/values.ts";
import type { Want } from "../inputs.ts";

const apiPermissions = z.record(z.string(), z.record(z.string(), looseFlag));

/**
 * Throws unless the token sees the VMs of the pool. Proxmox leaves out of its lists what a token may not see, so that
 * nothing in a list is no proof.
 */
export async function requireSight(client: ProxmoxReader, { pool }: Pick<Want, "pool">): Promise<void> {
  const paths = [...(pool === null ? [] : [`/pool/${pool}`]), "/vms"];
  for (const path of paths) {
    const permissions = await client.get("/access/permissions", apiPermissions, { path });
    if (permissions[path]?.["VM.Audit"] !== undefined) return;
  }
  const [path = "/vms"] = paths;
  throw failure(
    `the token of \`connection.token\` does not see the VMs ${pool === null ? "of the cluster" : `of the pool ${pool}`}, so it is unknown whether the VM exists`,
    "proxmox.permission.denied",
    `Give the token, and its user, a role with VM.Audit on the path ${path}${pool === null ? ", or set `pool`" : ""}`,
  );
}
