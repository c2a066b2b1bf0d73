import { AlreadyExists, defineResource, type Mark } from "@nixops4-resources/protocol-core";
import { failure, isRejected } from "../api/failure.ts";
import { connectReader } from "../api/reader.ts";
import { connectWriter, type ProxmoxWriter } from "../api/writer.ts";
import { commentWith } from "../comment.ts";
import { connection } from "../connection.ts";
import { requireMarked, whileLocked } from "../lock.ts";
import { inputs, outputs } from "./inputs.ts";
import { findPool, listPools, withQuota } from "./look.ts";

/** Our inputs by Proxmox's parameters. */
const names = { poolid: "name", comment: "comment" };

export default defineResource({
  type: "pool",
  description:
    "A pool: VMs and storages on which a tenant gets permissions together, by `acl` on the path `/pool/<name>`. A line of its comment is the mark of the deployment. Two tenants never see each other's VMs. Proxmox does not separate comments of pools, nor images and volume names on a shared storage.",
  requireState: false,
  identity: ["name"],
  connection,
  inputs,
  outputs,
  immutable: {
    name: "Declare a pool of the new name, move the VMs to it, and destroy this one",
  },
  stableOutputs: ["poolId"],
  leastRights:
    "The token needs `Pool.Allocate` on the path `/pool/<name>`, and `Pool.Audit` there so that `list` finds the pool. Give them on `/pool`: Proxmox deletes the permissions on the path of a pool together with the pool.",
  example: { name: "shop", comment: "Machines of the shop", quota: { vms: 10, memoryMib: 65_536 } },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(client, { name, comment }) {
    const pool = await findPool(client, name);
    if (pool === undefined) return undefined;
    const { mark, words, quota } = pool;
    return {
      mark,
      inputs: { name, comment: comment === null ? null : words, quota },
      outputs: { poolId: name },
    };
  },

  create: (client, { name, comment, quota }, mark) =>
    whileLocked("pool", name, async () => {
      const text = commentWith(comment, withQuota(mark, quota));
      try {
        await client.change("POST", "/pools", { poolid: name, comment: text }, names);
      } catch (error) {
        if (isRejected(error) && (await findPool(client, name)) !== undefined) throw new AlreadyExists(name);
        throw error;
      }
    }),

  update: (client, { name, comment, quota }, { mark }) =>
    whileLocked("pool", name, async () => {
      const { words } = requireMarked(await findPool(client, name), mark);
      await writeComment(client, name, comment ?? words, withQuota(mark, quota));
    }),

  setMark: (client, { name }, mark, expected) =>
    whileLocked("pool", name, async () => {
      const { words } = requireMarked(await findPool(client, name), expected);
      await writeComment(client, name, words, mark);
    }),

  delete: (client, { name }, { mark }) =>
    whileLocked("pool", name, async () => {
      const pool = await findPool(client, name);
      if (pool === undefined) return;
      requireMarked(pool, mark);
      if (pool.members.length > 0) throw hasMembers(name, `it contains ${pool.members.join(", ")}`);
      try {
        await client.remove("/pools", { poolid: name });
      } catch (error) {
        if (!isRejected(error)) throw error;
        if ((await findPool(client, name)) === undefined) return;
        // The token may not see every member.
        throw error.words.includes("is not empty") ? hasMembers(name, error.words) : error;
      }
    }),

  async list(client, managedBy) {
    const pools = await listPools(client);
    return pools.flatMap(({ name, mark }) =>
      mark?.managedBy === managedBy && mark.type === "pool" ? [{ label: name, inputs: { name }, mark }] : [],
    );
  },
});

const writeComment = (client: ProxmoxWriter, name: string, words: string, mark: Mark | undefined): Promise<void> =>
  client.change("PUT", "/pools", { poolid: name, comment: commentWith(words, mark) }, names);

const hasMembers = (name: string, found: string): Error =>
  failure(
    `the pool ${name} is not empty: ${found}`,
    "proxmox.pool.members",
    'Destroy these members first or move them to another pool; `deletion = "retain"` keeps the pool',
  );
