import { join } from "node:path";
import { startGarage } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment } from "@nixops4-resources/protocol-core/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe, expect, test } from "vitest";
import bucket from "./bucket.ts";
import { GarageBackend } from "../testing/backend.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");

describe("on Garage 1.3.0, whose API is the first generation", () => {
  const server = serverOf(() => startGarage("1.3.0"));
  testResource(bucket, {
    main,
    backend: async () => new GarageBackend(server()),
    reached: "network",
    notDisturbed: "the contract on Garage 2.5.0 tests the same code",
    oneBrokenConnection: "the contract on Garage 2.5.0 tries them all",
    want: {
      name: "media",
      aliases: ["media.example.org"],
      website: { indexDocument: "index.html" },
      maxSizeBytes: 1_000_000,
      maxObjects: 100,
      emptyWith: { accessKeyId: { env: "GARAGE_S3_ID" }, secretAccessKey: { env: "GARAGE_S3_SECRET" } },
    },
    changed: { aliases: ["video.example.org"], website: "off", maxSizeBytes: "unlimited", maxObjects: 0 },
    notChanged: {
      id: "only names a bucket to adopt",
      corsRules: "needs Garage 2.3",
      lifecycleRules: "needs Garage 2.3",
      confirmEmpty: "concerns only a destroy",
      emptyWith: "concerns only a destroy",
    },
    immutable: { name: "other" },
    secretVariables: ["GARAGE_S3_ID", "GARAGE_S3_SECRET"],
    drift: { website: (garage) => garage.change("media", { websiteAccess: { enabled: false } }) },
    makeUnmarked: (garage) => garage.makeBucket("media"),
    newEachTime: ["id"],
  });

  test.each([
    ["corsRules", [{ allowedOrigins: ["*"], allowedMethods: ["GET"] }]],
    ["lifecycleRules", [{ expirationDays: 30 }]],
  ])("`%s` is rejected with the version that is found and the one that is needed", async (name, rules) => {
    const { connection } = new GarageBackend(server());
    const { error } = await new Deployment(main, connection).create("bucket", { name: "rules", [name]: rules });
    expect(error).toMatch(
      new RegExp(`\\[garage\\.version\\.unsupported\\].*\`${name}\` needs Garage 2\\.3, and .* has 1\\.3\\.0`),
    );
  });
});
