import { startLldap, whatAnswers } from "@nixops4-resources/integration-servers/lldap/lldap";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import { createUser, leaveGroup, updateUser } from "../testing/by-hand.ts";
import { changePassword } from "../testing/directory.ts";
import { OnePortBackend } from "../testing/one-port.ts";
import { main } from "../testing/main.ts";
import serviceAccount from "./service-account.ts";

const [password, other] = ["correct horse battery", "staple of another"];

// The promises of every resource, with requests to both servers interrupted.
describe(`a service account of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);
  testResource(serviceAccount, {
    main,
    backend: () => OnePortBackend.open(server(), { groups: ["bots"], passwords: [password, other] }),
    reached: "network",
    environment: { APP_PASSWORD: password, OTHER_PASSWORD: other },
    want: { id: "mastodon", displayName: "Mastodon", password: { env: "APP_PASSWORD" } },
    changed: {
      email: "bot@example.org",
      displayName: "Bot",
      groups: ["bots"],
      password: { env: "OTHER_PASSWORD" },
    },
    notChanged: { allowAdmin: "it only permits another input; particulars.service.test.ts of user tests it" },
    immutable: { id: "pixelfed" },
    drift: {
      email: ({ server: at }) => updateUser(at, "mastodon", { email: "hand@example.org" }),
      displayName: ({ server: at }) => updateUser(at, "mastodon", { displayName: "" }),
      groups: ({ server: at }) => leaveGroup(at, "mastodon", "lldap_strict_readonly"),
      password: ({ server: at }) => changePassword(at, "mastodon", other),
    },
    makeUnmarked: ({ server: at }) => createUser(at, { id: "mastodon", email: "by-hand@example.org" }),
    overtakenElsewhere: "The contract of user overtakes the same code, and holds the same locks.",
    newEachTime: ["uuid"],
  });
});
