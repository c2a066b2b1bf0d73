import { join } from "node:path";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { Secret } from "@nixops4-resources/protocol-core";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import type { SecretWriter } from "@nixops4-resources/protocol-secrets";
import { newSecret } from "@nixops4-resources/protocol-secrets/testing";
import { describe } from "vitest";
import { DirectoryBackend } from "../testing/directory-backend.ts";
import { PostgresStoreBackend } from "../testing/postgres-store-backend.ts";
import secret from "./secret.ts";

const name = "shop/db-password";
const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

interface ByHand {
  byHand(work: (store: SecretWriter) => Promise<void>): Promise<void>;
}

const terms = {
  main: join(import.meta.dirname, "../../dist/main.cjs"),
  want: { name, generator: { password: { length: 40 } } },
  changed: { recipients: [recipient], graceSeconds: 60 },
  immutable: { name: "shop/other" },
  notChanged: {
    generation: "it can only be raised; tested in rotation.service.test.ts",
    generator: "it changes only together with the generation; tested in rotation.service.test.ts",
  },
  overtakenElsewhere:
    "overtaken.service.test.ts does in a folder, and the suite of the stores proves each write's mark in both.",
  newEachTime: ["ref", "fingerprint", "createdAt"],
  drift: {
    recipients: (backend: ByHand) => backend.byHand((store) => store.change(name, { recipients: [recipient] })),
    graceSeconds: (backend: ByHand) => backend.byHand((store) => store.change(name, { graceSeconds: 1 })),
  },
  // Like an imported value, without a specification.
  makeUnmarked: (backend: ByHand) =>
    backend.byHand((store) =>
      store.create(
        newSecret(name, {
          mark: undefined,
          value: new Secret("imported"),
          specification: {},
          graceSeconds: 86_400,
        }),
      ),
    ),
};

describe("in a folder", () => {
  testResource(secret, { ...terms, backend: () => DirectoryBackend.make(), reached: "files" });
});

describePostgres("in a database", (server, version) => {
  const make = PostgresStoreBackend.prepare("secretstore");
  testResource(secret, {
    ...terms,
    throughWorker: version === 15 ? "killed" : "only",
    ...(version === 15 && {
      notDisturbed: "Its statements are the same on 18, where it is disturbed.",
      oneBrokenConnection: "All are tried on 18, with the same code.",
    }),
    backend: () => make(server()),
    reached: "network",
  });
});
