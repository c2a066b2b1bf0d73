import type { ProxmoxServer } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import * as z from "zod/mini";
import { looseFlag, looseNumber } from "../api/values.ts";

const token = z.object({
  tokenid: z.string(),
  comment: z.optional(z.string()),
  expire: z.optional(looseNumber),
  privsep: z.optional(looseFlag),
});

const users = z.array(z.looseObject({ userid: z.string(), tokens: z.optional(z.array(token)) }));
const pools = z.array(z.object({ poolid: z.string(), comment: z.optional(z.string()) }));
const members = z.array(z.object({ members: z.array(z.object({ id: z.string() })) }));
const roles = z.array(z.object({ roleid: z.string(), privs: z.optional(z.string()), special: z.optional(looseFlag) }));
const acl = z.array(
  z.object({
    path: z.string(),
    roleid: z.string(),
    type: z.enum(["user", "group", "token"]),
    ugid: z.string(),
    propagate: z.optional(looseFlag),
  }),
);
const groups = z.array(z.object({ groupid: z.string() }));
const volumes = z.array(z.object({ volid: z.string(), size: looseNumber }));

/** An image for import, on one node. */
interface Image {
  readonly node: string;
  readonly volid: string;
  readonly size: number;
}

/** Pools, roles, users with their tokens, groups, permissions and images of a cluster. */
export interface Contents {
  readonly pools: z.output<typeof pools>;
  readonly roles: z.output<typeof roles>;
  readonly users: z.output<typeof users>;
  readonly groups: z.output<typeof groups>;
  readonly acl: z.output<typeof acl>;
  readonly images: readonly Image[];
}

/** All of it, as the administrator sees it, without roles of Proxmox itself. */
export async function contentsOf(server: ProxmoxServer): Promise<Contents> {
  const all = roles.parse(await server.call("GET", "/access/roles"));
  return {
    pools: pools.parse(await server.call("GET", "/pools")),
    roles: all.filter(({ special }) => special === undefined || Number(special) === 0),
    users: users.parse(await server.call("GET", "/access/users", { full: 1 })),
    groups: groups.parse(await server.call("GET", "/access/groups")),
    acl: acl.parse(await server.call("GET", "/access/acl")),
    images: (await Promise.all(server.nodes.map((node) => imagesOn(server, node)))).flat(),
  };
}

async function imagesOn(server: ProxmoxServer, node: string): Promise<Image[]> {
  const path = `/nodes/${node}/storage/${server.storage}/content`;
  const rows = volumes.parse(await server.call("GET", path, { content: "import" }));
  return rows.map(({ volid, size }) => ({ node, volid, size: Number(size) }));
}

/** A member of a pool, as a parameter of PUT /pools. */
export type Member = { readonly vms: string } | { readonly storage: string };

/** The members of a pool. A storage that every node has is listed once per node. */
export async function membersOf(server: ProxmoxServer, poolid: string): Promise<Member[]> {
  const [pool] = members.parse(await server.call("GET", "/pools", { poolid }));
  const ids = pool?.members.map(({ id }) => id.split("/")) ?? [];
  const vms = ids.flatMap(([kind, id]) => (kind === "storage" || id === undefined ? [] : [{ vms: id }]));
  const storages = ids.flatMap(([kind, _node, id]) => (kind === "storage" && id !== undefined ? [id] : []));
  return [...vms, ...[...new Set(storages)].map((storage) => ({ storage }))];
}

/** The same without what differs between two equal runs, in a fixed order. */
export const comparable = (contents: Contents): unknown =>
  Object.fromEntries(
    Object.entries(contents).map(([name, rows]) => [name, [...rows].map((row) => asText({ ...row })).toSorted()]),
  );

/** The id of a token's secret is random, and a setting that was removed and added again comes last. */
const asText = (row: Record<string, unknown>): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(row).toSorted(([one], [other]) => (one < other ? -1 : 1))),
  ).replaceAll(/(\\"secret\\":\\")[0-9a-f]+/g, "$1");
