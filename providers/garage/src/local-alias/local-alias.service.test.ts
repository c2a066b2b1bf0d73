import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { testKey } from "../testing/admin.ts";
import { describeGarage } from "../testing/describe-garage.ts";
import { main } from "../testing/main.ts";
import { PreparedBackend } from "../testing/prepared-backend.ts";
import localAlias from "./local-alias.ts";

const app = testKey("app");

// The promises of every resource, tested on the bundled executable against a real server.
describeGarage(
  "a local alias",
  (server, version) => {
    testResource(localAlias, {
      main,
      throughWorker: "only",
      backend: async () => new PreparedBackend(server(), { buckets: ["shop-media"], keys: [app] }),
      reached: "network",
      oneBrokenConnection: "the contract of bucket tries them all",
      wrongAnswersElsewhere: "the contracts of bucket, key and grant test the same client",
      ...(version === "1.3.0" && { notDisturbed: "Garage 2.5.0 gets the same calls and is disturbed." }),
      want: { bucket: "shop-media", accessKeyId: app.accessKeyId, alias: "media" },
      changed: {},
      immutable: { bucket: "other", accessKeyId: testKey("other").accessKeyId, alias: "files" },
      drift: {},
      notDrifting: "The alias exists or not: every input identifies it.",
    });
  },
  ["2.5.0", "1.3.0"],
);
