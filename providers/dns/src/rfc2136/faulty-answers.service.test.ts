import { join } from "node:path";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import {
  Deployment,
  isWholeContract,
  type DeploymentReply,
  type Message,
} from "@nixops4-resources/protocol-core/testing";
import { describe, expect, test } from "vitest";
import { dnsFaults, FaultyAnswers } from "../testing/faulty-answers.ts";
import { NameServerBackend } from "../testing/name-server-backend.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const www = { name: "www.example.test", type: "A", values: ["192.0.2.1"], ptr: true, timeoutSeconds: 20 };
const kept = { ...www, deletion: "retain" };

describe("a faulty answer to a dynamic update or a query", { timeout: 300_000 }, () => {
  const server = serverOf(startKnot);

  test.each<[string, boolean, (deployment: Deployment) => Promise<DeploymentReply>]>([
    ["plan", true, (one) => one.plan("rrset", www)],
    ["create", false, (one) => one.create("rrset", www)],
    ["destroy", true, (one) => one.destroy("rrset", www)],
    ["destroy that keeps the records", true, (one) => one.destroy("rrset", kept)],
  ])("is never taken for success or for a missing object by a %s", async (_verb, exists, ask) => {
    const { address } = server();
    const zones = ["example.test", "2.0.192.in-addr.arpa"];
    const backend = await NameServerBackend.make(server(), zones);
    const prepare = async (): Promise<unknown> => {
      await backend.reset();
      if (exists) await new Deployment(main, backend.connection).create("rrset", www);
      return await backend.snapshot();
    };
    const at = (proxy: FaultyAnswers): Deployment => new Deployment(main, backend.at(proxy.endpoint));
    await prepare();
    await using counter = await FaultyAnswers.start(address, address.keys.sha256);
    const undisturbed = await ask(at(counter));
    expect(undisturbed.error).toBeUndefined();
    const succeeded = withoutSerials(await backend.snapshot());
    const action: Message = undisturbed.body;

    for (let request = 1; request <= counter.requests; request++) {
      const [first, ...others] = dnsFaults;
      const usual = [first, others[request % others.length] ?? first];
      for (const by of isWholeContract() ? dnsFaults : usual) {
        await prepare();
        await using proxy = await FaultyAnswers.start(address, address.keys.sha256, { request, by });
        const reply = await ask(at(proxy));
        const where = `${by} in place of answer ${request}: ${reply.error ?? "no error"}`;
        expect(reply.error ?? "", where).not.toMatch(/protocol\.bug|does not exist/);
        if (reply.error !== undefined) continue;
        expect(reply.body["action"], where).toEqual(action["action"]);
        expect(withoutSerials(await backend.snapshot()), where).toEqual(succeeded);
      }
    }
  });
});

const withoutSerials = (snapshot: unknown): unknown => JSON.stringify(snapshot).replaceAll(/SOA \S+ \S+ \d+/g, "SOA");
