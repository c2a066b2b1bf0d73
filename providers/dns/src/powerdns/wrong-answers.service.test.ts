import { join } from "node:path";
import { callApi, startPowerdns } from "@nixops4-resources/integration-servers/dns/powerdns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import {
  Deployment,
  isWholeContract,
  tryWrongAnswers,
  type DeploymentReply,
  type Endpoint,
  type Message,
} from "@nixops4-resources/protocol-core/testing";
import { describe, expect, test } from "vitest";
import { PowerdnsBackend } from "../testing/powerdns-backend.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const zone = {
  name: "wrong.test",
  nameservers: ["ns1.example.test"],
  updateKeys: ["nixops4-sha256"],
  timeoutSeconds: 20,
};
const www = { name: "www.example.test", type: "A", values: ["192.0.2.1"], timeoutSeconds: 20 };
const site = { zone: "example.test", name: "site", rrsets: [{ name: www.name, type: "A", values: ["192.0.2.1"] }] };

describe("a wrong answer of PowerDNS' API", { timeout: 300_000 }, () => {
  const server = serverOf(startPowerdns);
  const api = (method: "GET" | "PATCH" | "POST" | "PUT", path: string, body?: unknown): Promise<unknown> =>
    callApi(server().address, method, path, body);
  const at = ({ host, port }: Endpoint, other: Message = {}): Deployment =>
    new Deployment(main, {
      powerdns: { url: `http://${host}:${port}`, apiKey: { file: server().address.apiKeyFile }, ...other },
    });
  const target = (): Endpoint => ({ host: "127.0.0.1", port: server().address.apiPort });
  const direct = (): Deployment => at(target());

  let backend: Promise<PowerdnsBackend> | undefined;
  const reset = async (): Promise<void> =>
    (await (backend ??= PowerdnsBackend.make(server(), ["example.test."]))).reset();
  const snapshot = async (): Promise<unknown> => (await backend)?.snapshot();

  /** Tries `ask` with every wrong answer. A success must be true, and a failure must blame the server. */
  async function everyWrongAnswer(
    prepare: () => Promise<unknown>,
    ask: (deployment: Deployment) => Promise<DeploymentReply>,
    check: (reply: DeploymentReply, before: unknown, succeeded: unknown) => Promise<void>,
  ): Promise<void> {
    let before: unknown;
    let succeeded: unknown;
    const { tries } = await tryWrongAnswers(
      target(),
      async () => {
        await reset();
        await prepare();
        before = await snapshot();
      },
      async (endpoint, replacement) => {
        const reply = await ask(at(endpoint));
        expect(replacement === undefined ? reply.error : undefined).toBeUndefined();
        succeeded = replacement === undefined ? await snapshot() : succeeded;
        expect(reply.error ?? "").not.toMatch(/protocol\.bug|does not exist/);
        await check(reply, before, succeeded);
      },
    );
    expect(tries).toBeGreaterThan(5);
  }

  const created = (type: string, inputs: Message) => async (): Promise<void> => {
    expect((await direct().create(type, inputs)).error).toBeUndefined();
  };
  /** A request that says it succeeded has left what an undisturbed one leaves. */
  const isTrue = async (reply: DeploymentReply, _before: unknown, succeeded: unknown): Promise<void> => {
    expect(reply.error === undefined ? await snapshot() : succeeded).toEqual(succeeded);
  };

  const types: [string, Message][] = [
    ["zone", zone],
    ["rrset", www],
  ];
  // It shares every request with `rrset`.
  if (isWholeContract()) types.push(["records", site]);

  describe.each(types)("about a %s", (type, inputs) => {
    test("fails a plan, and is never taken as its absence", async () => {
      await everyWrongAnswer(
        created(type, inputs),
        (deployment) => deployment.plan(type, inputs),
        async (reply, before) => {
          expect(reply.error ?? reply.body["action"]).toMatch(/^(none$|\[)/);
          expect(await snapshot()).toEqual(before);
        },
      );
    });

    test("fails a create that did not happen", async () => {
      await everyWrongAnswer(nothing, (deployment) => deployment.create(type, inputs), isTrue);
    });

    test("fails a destroy that did not happen", async () => {
      await everyWrongAnswer(created(type, inputs), (deployment) => deployment.destroy(type, inputs), isTrue);
    });

    test("fails a destroy that did not remove the mark", async () => {
      const kept = { ...inputs, deletion: "retain" };
      await everyWrongAnswer(created(type, kept), (deployment) => deployment.destroy(type, kept), isTrue);
    });

    test("fails a list", async () => {
      await everyWrongAnswer(
        created(type, inputs),
        (deployment) => deployment.list(type),
        async (reply) => {
          expect(reply.error === undefined ? reply.body["resources"] : ["a failure"]).toHaveLength(1);
        },
      );
    });

    test.each([
      ["a wrong base path", { path: "/base" }, "its path"],
      ["a wrong server id", { serverId: "other" }, "`connection.powerdns.serverId`"],
    ])("at %s fails every request with the reason", async (_what, { path = "", ...other }: Message, words) => {
      await reset();
      await created(type, inputs)();
      const before = await snapshot();
      const { host, port } = target();
      const wrong = at({ host, port }, { url: `http://${host}:${port}${String(path)}`, ...other });
      for (const reply of [
        await wrong.create(type, inputs),
        await wrong.plan(type, inputs),
        await wrong.destroy(type, inputs),
        await wrong.list(type),
      ]) {
        expect(reply.error).toContain("[dns.powerdns.notFound]");
        expect(reply.error).toContain(words);
      }
      expect(await snapshot()).toEqual(before);
    });
  });

  test("does not delete a zone that has records", async () => {
    const { tries } = await tryWrongAnswers(
      target(),
      async () => {
        await reset();
        await created("zone", zone)();
        await api("PATCH", "zones/wrong.test.", { rrsets: [rrsetOf("a.wrong.test.", false)] });
      },
      async (endpoint) => {
        const { error } = await at(endpoint).destroy("zone", zone);
        expect(error).toBeDefined();
        expect(await api("GET", "zones?zone=wrong.test.")).toHaveLength(1);
      },
    );
    expect(tries).toBeGreaterThan(5);
  });

  test("does not overwrite disabled records", async () => {
    const disabled = rrsetOf("www.example.test.", true);
    await tryWrongAnswers(
      target(),
      async () => {
        await reset();
        await api("PATCH", "zones/example.test.", { rrsets: [disabled] });
      },
      async (endpoint) => {
        const { error } = await at(endpoint).create("rrset", www);
        expect(error).toBeDefined();
        const after = JSON.stringify(await api("GET", "zones/example.test."));
        expect(after).toMatch(/"content":"192\.0\.2\.9","disabled":true/);
      },
    );
  });

  test("adopts no set of which some records are disabled", async () => {
    await reset();
    const both = [
      { content: "192.0.2.1", disabled: false },
      { content: "192.0.2.9", disabled: true },
    ];
    await api("PATCH", "zones/example.test.", { rrsets: [{ ...rrsetOf("www.example.test.", false), records: both }] });
    const { error } = await direct().create("rrset", { ...www, values: ["192.0.2.2"], adopt: true });
    expect(error).toContain("[dns.powerdns.disabled]");
    expect(JSON.stringify(await api("GET", "zones/example.test."))).toContain("192.0.2.9");
  });
});

const rrsetOf = (name: string, disabled: boolean): object => ({
  name,
  type: "A",
  ttl: 60,
  changetype: "REPLACE",
  records: [{ content: "192.0.2.9", disabled }],
});

const nothing = async (): Promise<void> => undefined;
