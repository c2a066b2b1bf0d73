import { join } from "node:path";
import { startGarage } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { SecretFolder } from "@nixops4-resources/protocol-secrets/testing";
import { describe } from "vitest";
import { GarageBackend } from "../testing/backend.ts";
import adminToken from "./admin-token.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");

// The promises of every resource, tested on the bundled executable against a real server. The kills include those between
// the creation of a token and the moment when its secret is stored.
describe("on Garage 2.5.0", async () => {
  const server = serverOf(startGarage);
  const secrets = await SecretFolder.make();
  testResource(adminToken, {
    main,
    backend: async () => new GarageBackend(server(), secrets),
    reached: "network",
    overtakenElsewhere: "the contract of key tests the same lock and proof",
    wrongAnswersElsewhere: "the contracts of bucket, key and grant test the same client",
    want: {
      name: "metrics",
      scopes: ["Metrics", "GetClusterHealth"],
      expiresAt: "2040-01-31T00:00:00Z",
      store: secrets.place,
      secretName: "garage/metrics",
    },
    changed: { scopes: ["Metrics"], expiresAt: "never" },
    notChanged: { store: "another store does not have the secret: particulars.service.test.ts tests it" },
    immutable: { name: "other", secretName: "garage/other" },
    drift: {
      scopes: (garage) => garage.changeToken("metrics", { scope: ["*"] }),
      expiresAt: (garage) => garage.changeToken("metrics", { neverExpires: true }),
    },
    makeUnmarked: async (garage) => {
      const { secret } = await garage.makeToken("metrics", ["Metrics", "GetClusterHealth"], "2040-01-31T00:00:00Z");
      await secrets.put("garage/metrics", secret);
    },
    oneBrokenConnection: "the contract of bucket tries them all",
    newEachTime: ["tokenId", "secretToken"],
    lateCreateAdds: "Garage creates another one of the same name.",
  });
});
