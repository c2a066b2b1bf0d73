// Three nodes that store everything: what two admin endpoints can do to each other.
import { join } from "node:path";
import { startGarageCluster, type GarageServer } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type DeploymentReply } from "@nixops4-resources/protocol-core/testing";
import { afterEach, expect, test } from "vitest";
import { GarageBackend } from "../testing/backend.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");

const cluster = serverOf(async () => {
  const nodes = await startGarageCluster({ nodes: 3 });
  return {
    nodes,
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await node[Symbol.asyncDispose]();
    },
  };
});
const backend = (): GarageBackend => new GarageBackend(first());
const first = (): GarageServer => {
  const [node] = cluster().nodes;
  if (node === undefined) throw new TypeError("A cluster without a node");
  return node;
};

/** One bucket is declared at once at every node. */
const raced = (name: string, deployments: readonly string[]): Promise<DeploymentReply[]> =>
  Promise.all(
    cluster().nodes.flatMap((node) => {
      const deployment = new Deployment(main, new GarageBackend(node).connection);
      return deployments.map((managedBy) => deployment.create("bucket", { name, managedBy }));
    }),
  );

afterEach(() => backend().purge());

test.each([["of one deployment", ["shop"]] as const, ["of two deployments", ["shop", "other"]] as const])(
  "creates %s at all nodes leave one bucket that answers by the name, and no success for another's",
  async (_, deployments) => {
    for (let round = 0; round < 4; round++) {
      const name = `raced-${round}`;
      const replies = await raced(name, deployments);
      const successes = replies.filter(({ error }) => error === undefined);
      const id = await backend().idOf(name);
      for (const { outputs } of successes) expect(outputs["id"]).toBe(id);
      // Whoever failed applies again.
      const again = await Promise.all(
        deployments.map((managedBy) =>
          new Deployment(main, backend().connection).create("bucket", { name, managedBy }),
        ),
      );
      expect(again.filter(({ error }) => error === undefined)).toHaveLength(1);
      for (const { error } of again)
        expect(error ?? "protocol.ownership.foreign").toContain("protocol.ownership.foreign");
      expect(await backend().idOf(name)).toBe(id);
    }
  },
);
