import { join } from "node:path";
import { startGarageCluster, type GarageServer } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment } from "@nixops4-resources/protocol-core/testing";
import { describe, expect, test } from "vitest";
import { GarageBackend } from "../testing/backend.ts";
import { KeyFiles } from "../testing/key-files.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");

describe("on three nodes", () => {
  const cluster = serverOf(async () => {
    const nodes = await startGarageCluster({ nodes: 3 });
    const stop = async (): Promise<void> => {
      for (const node of nodes) await node[Symbol.asyncDispose]();
    };
    return { nodes, [Symbol.asyncDispose]: stop };
  });

  test("a key that is imported through each of them at once exists once, and all answers are equal", async () => {
    await using files = await KeyFiles.make();
    const through = cluster().nodes.map((node: GarageServer) => new GarageBackend(node));
    const deployments = through.map(({ connection }) => new Deployment(main, connection));
    const imported = { name: "backup", imported: files.imported, allowCreateBucket: false };
    for (let round = 0; round < 5; round++) {
      files.renew();
      const all = await Promise.all(deployments.map((deployment) => deployment.create("key", imported)));
      for (const { error, outputs } of all) {
        expect(error).toBeUndefined();
        expect(outputs).toEqual({ accessKeyId: files.id, secretAccessKey: imported.imported.secretAccessKey });
      }
      for (const garage of through) expect(await garage.keyIds("backup")).toEqual([files.id]);
      const again = await Promise.all(deployments.map((deployment) => deployment.create("key", imported)));
      expect(again.map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged", "unchanged"]);
      expect((await deployments[round % 3]?.destroy("key", imported))?.outcome).toBe("deleted");
    }
  });
});
