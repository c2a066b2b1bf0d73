import { join } from "node:path";
import { startGarage } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { SecretFolder } from "@nixops4-resources/protocol-secrets/testing";
import { describe } from "vitest";
import { GarageBackend } from "../testing/backend.ts";
import key from "./key.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");

// The promises of every resource, tested on the bundled executable against a real server.
describe("a key that Garage 2.5.0 generates", async () => {
  const server = serverOf(startGarage);
  const secrets = await SecretFolder.make();
  testResource(key, {
    main,
    backend: async () => new GarageBackend(server(), secrets),
    reached: "network",
    want: { name: "media", store: secrets.place, secretName: "media/s3", disabled: false, allowCreateBucket: false },
    changed: { disabled: true, allowCreateBucket: true },
    notChanged: {
      imported: "a key has one secret for ever: particulars.service.test.ts tests the refusal",
      store: "the old store keeps a copy: particulars.service.test.ts tests it",
    },
    immutable: { name: "other", secretName: "media/other" },
    drift: {
      disabled: (garage) => garage.changeKey("media", { expiration: "2020-01-01T00:00:00Z" }),
      allowCreateBucket: (garage) => garage.changeKey("media", { allow: { createBucket: true } }),
    },
    makeUnmarked: async (garage) => {
      await garage.makeKey("media");
    },
    oneBrokenConnection: "the contract of bucket tries them all",
    secretElsewhere: { imported: "the contract of an imported key tries it" },
    newEachTime: ["accessKeyId", "secretAccessKey"],
    lateCreateAdds: "Garage creates another one of the same name.",
  });
});
