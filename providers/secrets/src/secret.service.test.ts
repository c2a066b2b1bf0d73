import { join } from "node:path";
import { Secret } from "@nixops4-resources/protocol-core";
import { testResource } from "@nixops4-resources/protocol-core/testing";
import { newSecret } from "@nixops4-resources/protocol-secrets/testing";
import { DirectoryBackend } from "./testing/directory-backend.ts";
import secret from "./secret.ts";

const name = "shop/db-password";
const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

testResource(secret, {
  main: join(import.meta.dirname, "../dist/main.cjs"),
  backend: () => DirectoryBackend.make(),
  reached: "files",
  want: { name, generator: { password: { length: 40 } } },
  changed: { recipients: [recipient], graceSeconds: 60 },
  immutable: { name: "shop/other" },
  notChanged: {
    generation: "it can only be raised; tried in rotation.service.test.ts",
    generator: "it changes together with the generation only; tried in rotation.service.test.ts",
  },
  newEachTime: ["fingerprint", "createdAt"],
  drift: {
    recipients: (backend) => backend.byHand((store) => store.change(name, { recipients: [recipient] })),
    graceSeconds: (backend) => backend.byHand((store) => store.change(name, { graceSeconds: 1 })),
  },
  // As a person imports it: nobody knows how it was made.
  makeUnmarked: (backend) =>
    backend.byHand((store) =>
      store.create(
        newSecret(name, {
          mark: undefined,
          value: new Secret("brought along"),
          specification: {},
          graceSeconds: 86_400,
        }),
      ),
    ),
});
