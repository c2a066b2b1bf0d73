import { startLldap, whatAnswers } from "@nixops4-resources/integration-servers/lldap/lldap";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import { LldapBackend } from "../testing/backend.ts";
import { replaceAttribute } from "../testing/by-hand.ts";
import { main } from "../testing/main.ts";
import attributeSchema from "./attribute-schema.ts";

// The promises of every resource, tested on the bundled executable.
describe(`an attribute of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);
  const name = "mail-alias";
  testResource(attributeSchema, {
    main,
    backend: async () => new LldapBackend(server(), { users: ["ada"] }),
    reached: "network",
    lateWriteUndoes: "lldap's API has no condition for a change; ADR 22 says what remains possible.",
    oneBrokenConnection: "the contract of user tries them all",
    wrongAnswersElsewhere: "the contract of user tests the same client",
    want: { kind: "user", name, attributeType: "STRING", isList: true },
    changed: { attributeType: "INTEGER", isList: false, isVisible: false, isEditable: true },
    notChanged: { confirmLoss: "it only permits a loss; particulars.service.test.ts tests it" },
    immutable: { kind: "group", name: "alias" },
    drift: {
      attributeType: ({ server: at }) =>
        replaceAttribute(at, "User", { name, attributeType: "DATE_TIME", isList: true }),
      isEditable: ({ server: at }) =>
        replaceAttribute(at, "User", { name, attributeType: "STRING", isList: true, isEditable: true }),
    },
  });
});
