import { join } from "node:path";
import { startGarage } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import bucket from "./bucket.ts";
import { GarageBackend } from "../testing/backend.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const rule = { id: "logs", prefix: "logs/", expirationDays: 30 };

// The promises of every resource, tested on the bundled executable against a real server.
describe("on Garage 2.5.0", () => {
  const server = serverOf(startGarage);
  testResource(bucket, {
    main,
    backend: async () => new GarageBackend(server()),
    reached: "network",
    want: {
      name: "media",
      aliases: ["media.example.org"],
      website: { indexDocument: "index.html" },
      maxSizeBytes: 1_000_000,
      maxObjects: 100,
      corsRules: [{ allowedOrigins: ["*"], allowedMethods: ["GET", "HEAD"] }],
      lifecycleRules: [rule],
      emptyWith: { accessKeyId: { env: "GARAGE_S3_ID" }, secretAccessKey: { env: "GARAGE_S3_SECRET" } },
    },
    changed: {
      aliases: ["video.example.org"],
      website: "off",
      maxSizeBytes: "unlimited",
      maxObjects: 0,
      corsRules: [],
      lifecycleRules: [{ ...rule, expirationDays: 400 }],
    },
    notChanged: {
      id: "only names a bucket to adopt",
      confirmEmpty: "concerns only a destroy",
      emptyWith: "concerns only a destroy",
    },
    immutable: { name: "other" },
    secretVariables: ["GARAGE_S3_ID", "GARAGE_S3_SECRET"],
    drift: {
      aliases: (garage) => garage.alias("media", "added.example.org"),
      website: (garage) => garage.change("media", { websiteAccess: { enabled: false } }),
      maxSizeBytes: (garage) => garage.change("media", { quotas: { maxSize: 1, maxObjects: 100 } }),
      maxObjects: (garage) => garage.change("media", { quotas: { maxSize: 1_000_000, maxObjects: null } }),
      corsRules: (garage) => garage.change("media", { corsRules: [] }),
      lifecycleRules: (garage) => garage.change("media", { lifecycleRules: [] }),
    },
    makeUnmarked: (garage) => garage.makeBucket("media"),
    newEachTime: ["id"],
  });
});
