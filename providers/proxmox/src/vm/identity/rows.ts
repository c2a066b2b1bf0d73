import * as z from "zod/mini";
import type { ProxmoxReader } from "../../api/reader.ts";
import { isSet, looseFlag, looseNumber, numberOf } from "../../api/values.ts";
import { splitTags } from "../config/tags.ts";

const text = z.optional(z.string());

const apiRows = z.array(
  z.object({
    vmid: looseNumber,
    node: z.string(),
    type: z.string(),
    name: text,
    pool: text,
    tags: text,
    template: z.optional(looseFlag),
  }),
);

/** A VM of the cluster that the token may see. */
export interface Row {
  readonly vmid: number;
  readonly node: string;
  /** Undefined until the node has reported it, up to 10 s after a change. */
  readonly name: string | undefined;
  readonly pool: string | null;
  readonly tags: readonly string[];
  readonly isTemplate: boolean;
}

/** The VMs for which the token has VM.Audit, without templates. */
export const listRows = async (client: ProxmoxReader): Promise<Row[]> =>
  (await listAllRows(client)).filter(({ isTemplate }) => !isTemplate);

/** The same with templates. */
export async function listAllRows(client: ProxmoxReader): Promise<Row[]> {
  const rows = await client.get("/cluster/resources", apiRows, { type: "vm" });
  return rows
    .filter(({ type }) => type === "qemu")
    .map(({ vmid, node, name, pool, tags, template }) => ({
      vmid: numberOf(vmid),
      node,
      name,
      pool: pool === undefined || pool === "" ? null : pool,
      tags: splitTags(tags),
      isTemplate: template !== undefined && isSet(template),
    }));
}
