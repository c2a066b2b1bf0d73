import { join } from "node:path";
import { startGarage } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import { GarageBackend } from "../testing/backend.ts";
import { KeyFiles } from "../testing/key-files.ts";
import key from "./key.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");

// The promises of every resource, tested on the bundled executable against a real server.
describe("a key that is imported on Garage 2.5.0", async () => {
  const server = serverOf(startGarage);
  const files = await KeyFiles.make();
  testResource(key, {
    main,
    backend: async () => new GarageBackend(server(), files),
    reached: "network",
    wrongAnswersElsewhere: "the contracts of bucket, key and grant test the same client",
    want: { name: "backup", imported: files.imported, disabled: false, allowCreateBucket: false },
    changed: { disabled: true, allowCreateBucket: true },
    notChanged: {
      imported: "a key has one secret for ever: particulars.service.test.ts tests the refusal",
      store: "only for a generated key",
    },
    immutable: { name: "other", secretName: "backup/s3" },
    drift: {
      disabled: (garage) => garage.changeKey("backup", { expiration: "2020-01-01T00:00:00Z" }),
      allowCreateBucket: (garage) => garage.changeKey("backup", { allow: { createBucket: true } }),
    },
    makeUnmarked: (garage) => garage.importKey(files.id, files.secret, "backup"),
    overtakenElsewhere: "the contract of a generated key: the writes and the lock are the same",
    oneBrokenConnection: "the contract of bucket tries them all",
    newEachTime: ["accessKeyId"],
    neverAgain: "garage.key.deleted",
  });
});
