import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { testKey } from "../testing/admin.ts";
import { describeGarage } from "../testing/describe-garage.ts";
import { main } from "../testing/main.ts";
import { PreparedBackend } from "../testing/prepared-backend.ts";
import grant from "./grant.ts";

const [app, backup] = [testKey("app"), testKey("backup")];

// The promises of every resource, tested on the bundled executable against a real server.
describeGarage(
  "a grant",
  (server, version) => {
    testResource(grant, {
      main,
      throughWorker: "killed",
      backend: async () => new PreparedBackend(server(), { buckets: ["media"], keys: [app, backup] }),
      reached: "network",
      oneBrokenConnection: "the contract of bucket tries them all",
      ...(version === "1.3.0" && { notDisturbed: "Garage 2.5.0 gets the same calls and is disturbed." }),
      environment: { GRANT_KEY_ID: app.accessKeyId, GRANT_KEY_SECRET: app.secretAccessKey },
      want: {
        bucket: "media",
        keys: [
          { accessKeyId: app.accessKeyId, read: true, write: true },
          { accessKeyId: backup.accessKeyId, read: true },
        ],
        effectiveWith: { accessKeyId: { env: "GRANT_KEY_ID" }, secretAccessKey: { env: "GRANT_KEY_SECRET" } },
      },
      changed: { keys: [{ accessKeyId: app.accessKeyId, read: true }] },
      notChanged: {
        exclusive: "it has no value on the server; tested in grant-exclusive.service.test.ts",
        sealed: "it has no value on the server; tested in grant-sealed.service.test.ts",
        effectiveWith: "it changes nothing on the server; tested in grant-s3.service.test.ts",
      },
      immutable: { bucket: "other" },
      drift: {
        keys: async ({ admin }) => {
          const { id } = await admin.bucket("media");
          await admin.deny(id, app.accessKeyId, { write: true });
          await admin.allow(id, backup.accessKeyId, { owner: true });
        },
      },
    });
  },
  ["2.5.0", "1.3.0"],
);
