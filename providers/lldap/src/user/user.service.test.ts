import { startLldap, whatAnswers } from "@nixops4-resources/integration-servers/lldap/lldap";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import { LldapBackend } from "../testing/backend.ts";
import { createUser, leaveGroup, updateUser } from "../testing/by-hand.ts";
import { main } from "../testing/main.ts";
import user from "./user.ts";

const [password, other] = ["correct horse battery", "staple of another"];

// The promises of every resource, tested on the bundled executable.
describe(`a user of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);
  testResource(user, {
    main,
    backend: async () =>
      new LldapBackend(server(), {
        groups: ["operators", "mail", "hand-made"],
        attributes: [
          { kind: "User", name: "mail-alias", attributeType: "STRING", isList: true },
          { kind: "User", name: "badge", attributeType: "INTEGER", isList: false },
        ],
        passwords: [password, other],
      }),
    reached: "network",
    lateWriteUndoes: "lldap's API has no condition for a change; ADR 22 says what remains possible.",
    environment: { USER_PASSWORD: password, OTHER_PASSWORD: other },
    want: {
      id: "ada",
      email: "ada@example.org",
      displayName: "Ada",
      firstName: "Augusta",
      lastName: "King",
      attributes: { "mail-alias": ["a@example.org", "b@example.org"], badge: ["7"] },
      groups: ["operators"],
      password: { env: "USER_PASSWORD" },
    },
    changed: {
      email: "lovelace@example.org",
      displayName: "Lovelace",
      firstName: "",
      lastName: "Byron",
      attributes: { "mail-alias": ["c@example.org"] },
      groups: ["Mail"],
      disabled: true,
    },
    notChanged: {
      allowAdmin: "it only permits another input; particulars.service.test.ts tests it",
      avatarFile: "avatar.service.test.ts tests it",
      password: "an initial password is never set again; password.service.test.ts tests it",
      passwordMode: "it shows only with a password that does not work; password.service.test.ts tests it",
    },
    immutable: { id: "lovelace" },
    drift: {
      email: ({ server: at }) => updateUser(at, "ada", { email: "hand@example.org" }),
      displayName: ({ server: at }) => updateUser(at, "ada", { displayName: "By hand" }),
      firstName: ({ server: at }) => updateUser(at, "ada", { firstName: "By hand" }),
      lastName: ({ server: at }) => updateUser(at, "ada", { removeAttributes: ["last_name"] }),
      attributes: ({ server: at }) => updateUser(at, "ada", { removeAttributes: ["badge"] }),
      groups: ({ server: at }) => leaveGroup(at, "ada", "operators"),
    },
    makeUnmarked: ({ server: at }) => createUser(at, { id: "ada", email: "by-hand@example.org" }),
    newEachTime: ["uuid"],
  });
});
