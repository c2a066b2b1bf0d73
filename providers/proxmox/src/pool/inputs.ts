import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { commentText } from "../comment.ts";

/** Words of a pool's id. Source: PVE::AccessControl::verify_poolname, which permits three levels. */
const poolName = z.string().check(z.regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+){0,2}$/), z.maxLength(200));

const limit = z.nullable(z.int().check(z.minimum(0)));

const quota = z.strictObject({
  vms: option(limit, "Largest number of VMs. Null means no limit.", null),
  cores: option(limit, "Largest number of cores of all VMs together. Null means no limit.", null),
  memoryMib: option(limit, "Largest memory of all VMs together, in MiB. Null means no limit.", null),
  diskGib: option(limit, "Largest size of all disks of all VMs together, in GiB. Null means no limit.", null),
});

export type Quota = z.output<typeof quota>;

export const inputs = {
  name: option(
    poolName,
    "Id of the pool: letters, digits, dots, hyphens and underscores. `a/b` is a pool within the pool `a`, which must exist. Changing the name declares a different pool.",
  ),
  comment: option(
    z.nullable(commentText),
    "Comment of the pool: at most 1500 characters. Every token of the cluster can read it. Null leaves it as it is.",
    null,
  ),
  quota: option(
    quota,
    "Limits for the VMs of the pool. The provider stores them in its mark in the comment, which every token of the cluster can read, and checks them itself. Proxmox does not know them, so they are no security boundary: they do not limit what is created without this provider.",
    {},
  ),
};

export const outputs = {
  poolId: option(
    z.string(),
    "Id of the pool, for `pool` of other resources. Its permissions have the path `/pool/<poolId>`.",
  ),
};
