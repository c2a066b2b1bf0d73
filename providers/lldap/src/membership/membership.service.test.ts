import { startLldap, whatAnswers } from "@nixops4-resources/integration-servers/lldap/lldap";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import { LldapBackend } from "../testing/backend.ts";
import { main } from "../testing/main.ts";
import membership from "./membership.ts";

// The promises of every resource, tested on the bundled executable.
describe(`a membership of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);
  testResource(membership, {
    main,
    throughWorker: "killed",
    backend: async () => new LldapBackend(server(), { groups: ["operators"], users: ["ada", "grace"] }),
    reached: "network",
    oneBrokenConnection: "the contract of user tries them all",
    wrongAnswersElsewhere: "the contract of user tests the same client",
    want: { user: "ada", group: "operators" },
    changed: {},
    notChanged: { allowAdmin: "it only permits another input; particulars.service.test.ts tests it" },
    immutable: { user: "grace", group: "mail" },
    drift: {},
    notDrifting: "The membership exists or not: both inputs identify it.",
  });
});
