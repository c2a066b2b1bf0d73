import { startProxmox, whatAnswers, type ProxmoxServer } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import { createAccount, type Account, type Right } from "./account.ts";
import { ProxmoxBackend, type Prepared } from "./backend.ts";
import { main } from "./main.ts";

/** A cluster that is reset before each test, and a deployment named `shop` that uses it. */
export interface Suite {
  readonly server: ProxmoxServer;
  readonly backend: ProxmoxBackend;
  readonly deployment: Deployment;
  /** The same deployment with other members of `connection`. */
  connecting(change: Message, environment?: Readonly<Record<string, string>>): Deployment;
  /** The same deployment with the token of another account, which has these rights. */
  as(name: string, rights: readonly Right[]): Promise<{ readonly account: Account; readonly deployment: Deployment }>;
}

/** Describes tests with a cluster of Proxmox VE, real or emulated. The suite has its members from the first test on. */
export function describeProxmox(subject: string, prepared: Prepared, tests: (suite: () => Suite) => void): void {
  describe(`${subject}, with ${whatAnswers}`, () => {
    const server = serverOf(startProxmox);
    let suite: Suite | undefined;
    beforeAll(async () => {
      const backend = await ProxmoxBackend.open(server(), prepared);
      const connecting: Suite["connecting"] = (change, environment) =>
        new Deployment(main, { ...backend.connection, ...change }, environment);
      const as: Suite["as"] = async (name, rights) => {
        const account = await createAccount(server(), name, rights);
        return { account, deployment: connecting({ token: { command: ["echo", account.token] } }) };
      };
      suite = { server: server(), backend, deployment: connecting({}), connecting, as };
    });
    beforeEach(() => suite?.backend.reset());
    afterAll(() => suite?.backend[Symbol.asyncDispose]());
    tests(() => {
      if (suite === undefined) throw new Error("The server has not been started yet.");
      return suite;
    });
  });
}
