import { join } from "node:path";
import { startPowerdns } from "@nixops4-resources/integration-servers/dns/powerdns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { CallProxy, Deployment, type DeploymentReply, type Message } from "@nixops4-resources/protocol-core/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { PowerdnsBackend } from "../testing/powerdns-backend.ts";
import { lockName } from "./lock.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const a = { name: "www.example.test", type: "A", values: ["192.0.2.1"] };
const types: [string, Message, Message][] = [
  ["zone", { name: "shop.test", updateKeys: ["nixops4-sha256"] }, { account: "changed" }],
  ["rrset", a, { values: ["192.0.2.2"] }],
  ["records", { zone: "example.test", name: "site", rrsets: [a] }, { rrsets: [{ ...a, values: ["192.0.2.2"] }] }],
];

/** Another process acts after the first look of a request, and before its recheck. */
describe.each(types)("a %s of PowerDNS' API that is overtaken", { timeout: 60_000 }, (type, inputs, changed) => {
  const server = serverOf(startPowerdns);
  let backend: PowerdnsBackend;
  let shop: Deployment;
  beforeEach(async () => {
    backend ??= await PowerdnsBackend.make(server(), ["example.test."]);
    await backend.reset();
    shop = new Deployment(main, backend.connection);
    expect((await shop.create(type, inputs)).error).toBeUndefined();
  });

  /**
   * Runs a request during which another process acts once, before the call `at`. Returns the reply, and what existed right
   * after that.
   */
  async function overtaken(
    ask: (deployment: Deployment) => Promise<DeploymentReply>,
    act: () => Promise<DeploymentReply>,
    at: number,
  ): Promise<{ reply: DeploymentReply; left: unknown; acted: boolean }> {
    let left: unknown;
    let acted = false;
    await using proxy = await CallProxy.observe(backend.access.endpoint, async (call) => {
      if (call !== at) return;
      acted = true;
      expect((await act()).error).toBeUndefined();
      left = await backend.snapshot();
    });
    const reply = await ask(new Deployment(main, backend.access.at(proxy.endpoint), { OVERTAKEN: "1" }));
    return { reply, left, acted };
  }

  // The proxy has another port, so that the other process acts as one on another machine does: it does not wait for the
  // lock. Between this call, which rechecks, and the next one, which writes, it could still overtake (ADR 8).
  const rechecks: Record<string, number> = { zone: 3, rrset: 4, records: 5 };
  const moment = rechecks[type] ?? 0;
  const takeOver = (): Promise<DeploymentReply> =>
    shop.create(type, { ...inputs, managedBy: "other", adoptFrom: "shop" });

  test.each([
    ["destroy", (one: Deployment) => one.destroy(type, inputs)],
    ["release", (one: Deployment) => one.destroy(type, { ...inputs, deletion: "retain" })],
    ["update", (one: Deployment) => one.create(type, { ...inputs, ...changed })],
    [
      "adoption",
      (one: Deployment) => one.create(type, { ...inputs, ...changed, managedBy: "third", adoptFrom: "shop" }),
    ],
  ])("by another deployment survives a %s", async (_verb, ask) => {
    const calls: number[] = [];
    for (let call = 2; call <= moment; call++) {
      await backend.reset();
      await shop.create(type, inputs);
      const { reply, left, acted } = await overtaken(ask, takeOver, call);
      if (!acted) break;
      calls.push(call);
      expect(reply.error, `at call ${call}`).toContain("the deployment other manages ");
      expect(await backend.snapshot(), `at call ${call}`).toEqual(left);
    }
    expect(calls.length).toBeGreaterThan(0);
  });

  test("by its own destroy stays deleted if it is destroyed, and is created if it is updated", async () => {
    const destroy = (): Promise<DeploymentReply> => shop.destroy(type, inputs);
    const { reply, left } = await overtaken((one) => one.destroy(type, inputs), destroy, 2);
    expect(reply.error).toBeUndefined();
    expect(await backend.snapshot()).toEqual(left);
    await shop.create(type, inputs);
    const updated = await overtaken((one) => one.create(type, { ...inputs, ...changed }), destroy, 2);
    expect(updated.reply).toMatchObject({ error: undefined });
  });
});

describe("the lock of a zone", () => {
  test("has one name for all spellings of a server", () => {
    const names = [
      "http://127.0.0.1:8081",
      "http://localhost:8081/",
      "http://LOCALHOST.:8081/api",
      "http://[::1]:8081",
      "http://127.1:8081",
    ].map((url) => lockName(url, "localhost", "example.test."));
    expect(new Set(names).size).toBe(1);
    const same = ["https://ns1.example.org", "https://NS1.example.org.:443/x"];
    expect(new Set(same.map((url) => lockName(url, "localhost", "example.test."))).size).toBe(1);
    expect(names[0]).not.toBe(lockName("http://127.0.0.1:8082", "localhost", "example.test."));
    expect(names[0]).not.toBe(lockName("http://127.0.0.1:8081", "localhost", "second.test."));
  });
});
