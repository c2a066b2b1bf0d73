import { startLldap, whatAnswers } from "@nixops4-resources/integration-servers/lldap/lldap";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import { LldapBackend } from "../testing/backend.ts";
import { createGroup, renameGroup, updateGroup } from "../testing/by-hand.ts";
import { main } from "../testing/main.ts";
import group from "./group.ts";

// The promises of every resource, tested on the bundled executable.
describe(`a group of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);
  testResource(group, {
    main,
    throughWorker: "only",
    backend: async () =>
      new LldapBackend(server(), {
        groups: ["hand-made"],
        attributes: [
          { kind: "Group", name: "mail-alias", attributeType: "STRING", isList: true },
          { kind: "Group", name: "badge", attributeType: "INTEGER", isList: false },
        ],
      }),
    reached: "network",
    oneBrokenConnection: "the contract of user tries them all",
    wrongAnswersElsewhere: "the contract of user tests the same client",
    want: { name: "Operators", attributes: { "mail-alias": ["a@example.org", "b@example.org"], badge: ["7"] } },
    changed: { attributes: { "mail-alias": ["c@example.org"] } },
    notChanged: {
      name: "without a state, another name declares another group; names.service.test.ts tests it",
      confirmLoss: "it only permits a destroy; particulars.service.test.ts tests it",
    },
    drift: {
      name: ({ server: at }) => renameGroup(at, "Operators", "by-hand"),
      attributes: ({ server: at }) => updateGroup(at, "Operators", { removeAttributes: ["badge"] }),
    },
    makeUnmarked: ({ server: at }) => createGroup(at, "operators"),
    newEachTime: ["id", "uuid"],
  });
});
