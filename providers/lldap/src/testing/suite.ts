import {
  startLldap,
  whatAnswers,
  type LldapOptions,
  type LldapServer,
} from "@nixops4-resources/integration-servers/lldap/lldap";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { beforeAll, beforeEach, describe } from "vitest";
import { LldapBackend, type Prepared } from "./backend.ts";
import { main } from "./main.ts";

/** A server that is reset before each test, and a deployment named `shop` that uses it. */
export interface Suite {
  readonly server: LldapServer;
  readonly backend: LldapBackend;
  readonly deployment: Deployment;
  /** The same deployment with other members of `connection`. */
  connecting(change: Message): Deployment;
}

/** Describes tests with a server of lldap, real or emulated. The suite has its members from the first test on. */
export function describeLldap(
  subject: string,
  { environment, options, ...prepared }: Prepared & { environment?: Record<string, string>; options?: LldapOptions },
  tests: (suite: () => Suite) => void,
): void {
  describe(`${subject}, with ${whatAnswers}`, () => {
    const server = serverOf(() => startLldap(options));
    let suite: Suite | undefined;
    beforeAll(() => {
      const backend = new LldapBackend(server(), prepared);
      const connecting = (change: Message): Deployment =>
        new Deployment(main, { ...backend.connection, ...change }, environment);
      suite = { server: server(), backend, deployment: connecting({}), connecting };
    });
    beforeEach(async () => {
      await suite?.backend.reset();
    });
    tests(() => {
      if (suite === undefined) throw new Error("The server has not been started yet.");
      return suite;
    });
  });
}
