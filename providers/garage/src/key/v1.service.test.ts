import { join } from "node:path";
import { startGarage } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment } from "@nixops4-resources/protocol-core/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { SecretFolder } from "@nixops4-resources/protocol-secrets/testing";
import { describe, expect, test } from "vitest";
import { GarageBackend } from "../testing/backend.ts";
import { KeyFiles } from "../testing/key-files.ts";
import key from "./key.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");

describe("on Garage 1.3.0", async () => {
  const server = serverOf(() => startGarage("1.3.0"));
  const secrets = await SecretFolder.make();
  const elsewhere = "particulars.service.test.ts tests it on Garage 2.5.0";
  testResource(key, {
    main,
    backend: async () => new GarageBackend(server(), secrets),
    reached: "network",
    want: { name: "media", store: secrets.place, secretName: "media/s3", allowCreateBucket: false },
    changed: { allowCreateBucket: true },
    notChanged: { imported: elsewhere, store: elsewhere, disabled: "needs Garage 2.0" },
    immutable: { name: "other", secretName: "media/other" },
    drift: { allowCreateBucket: (garage) => garage.changeKey("media", { allow: { createBucket: true } }) },
    makeUnmarked: async (garage) => {
      await garage.makeKey("media");
    },
    oneBrokenConnection: "the contract of bucket tries them all",
    notDisturbed: "the contract on Garage 2.5.0",
    secretElsewhere: { imported: "the contract of an imported key tries it" },
    newEachTime: ["accessKeyId", "secretAccessKey"],
  });

  test("imports a key, and rejects its id once it was deleted", async () => {
    await using garage = new GarageBackend(server());
    await using files = await KeyFiles.make();
    const deployment = new Deployment(main, garage.connection);
    const imported = { name: "backup", imported: files.imported };
    expect((await deployment.create("key", imported)).outputs["accessKeyId"]).toBe(files.id);
    expect((await deployment.create("key", imported)).outcome).toBe("unchanged");
    expect((await deployment.destroy("key", imported)).outcome).toBe("deleted");
    expect((await deployment.create("key", imported)).error).toContain("[garage.key.deleted]");
  });

  test("rejects what needs Garage 2.0, by name", async () => {
    await using garage = new GarageBackend(server());
    const deployment = new Deployment(main, garage.connection);
    const place = { store: secrets.place, secretName: "garage/secret" };
    const made = await deployment.create("key", { name: "media", disabled: true, ...place });
    expect(made.error).toMatch(/^\[garage\.version\.unsupported\] .*`disabled` needs Garage 2\.0/);
    const token = await deployment.create("admin_token", { name: "metrics", scopes: ["Metrics"], ...place });
    expect(token.error).toContain("[garage.version.unsupported]");
    expect(await garage.keyIds("media")).toEqual([]);
  });
});
