import { readMark, type Mark } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ProxmoxReader } from "../api/reader.ts";
import { looseNumber } from "../api/values.ts";
import { wordsIn } from "../comment.ts";
import type { Quota } from "./inputs.ts";

const member = z.object({ id: z.string(), vmid: z.optional(looseNumber) });
const apiPool = z.object({ poolid: z.string(), comment: z.optional(z.string()) });
const apiPools = z.array(apiPool);
const apiPoolWithMembers = z.array(z.object({ ...apiPool.shape, members: z.optional(z.array(member)) }));

/** A pool of the cluster. */
export interface Pool {
  readonly mark: Mark | undefined;
  /** The comment without the mark. */
  readonly words: string;
  readonly quota: Quota;
  /** Ids of the members that the token may see: `qemu/100`. */
  readonly members: readonly string[];
}

/** Every token may look at every pool by its id; only the members are filtered. */
export async function findPool(client: ProxmoxReader, name: string): Promise<Pool | undefined> {
  const query = { poolid: name };
  const found = await client.find("/pools", apiPoolWithMembers, `pool '${name}' does not exist`, query);
  const pool = found?.find(({ poolid }) => poolid === name);
  if (found === undefined) return undefined;
  if (pool === undefined) throw new TypeError(`The server shows another pool than ${name}`);
  const { comment, members = [] } = pool;
  const mark = readMark(comment);
  return { mark, words: wordsIn(comment), quota: quotaIn(mark), members: members.map(({ id }) => id) };
}

/** The pools that the token may list, with their marks. */
export async function listPools(client: ProxmoxReader): Promise<{ name: string; mark: Mark | undefined }[]> {
  const pools = await client.get("/pools", apiPools);
  return pools.map(({ poolid, comment }) => ({ name: poolid, mark: readMark(comment) }));
}

/** The quota in a mark. A value that somebody damaged is no limit, and differs from any that is declared. */
function quotaIn(mark: Mark | undefined): Quota {
  const stored: Record<string, unknown> = Object(mark?.more?.["quota"]);
  const limitOf = (name: keyof Quota): number | null => {
    const value = stored[name];
    return typeof value === "number" && Number.isInteger(value) ? value : null;
  };
  return { vms: limitOf("vms"), cores: limitOf("cores"), memoryMib: limitOf("memoryMib"), diskGib: limitOf("diskGib") };
}

/** The mark with this quota; one without limits is left out. */
export function withQuota(mark: Mark, quota: Quota): Mark {
  const { quota: _replaced, ...more } = mark.more ?? {};
  const limits = Object.fromEntries(Object.entries(quota).filter(([, limit]) => limit !== null));
  const all = { ...more, ...(Object.keys(limits).length > 0 && { quota: limits }) };
  const { more: _old, ...plain } = mark;
  return Object.keys(all).length > 0 ? { ...plain, more: all } : plain;
}
