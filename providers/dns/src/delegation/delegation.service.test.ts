import { join } from "node:path";
import { startBind } from "@nixops4-resources/integration-servers/dns/bind";
import { callApi, startPowerdns } from "@nixops4-resources/integration-servers/dns/powerdns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { NameServerBackend } from "../testing/name-server-backend.ts";
import { PowerdnsBackend } from "../testing/powerdns-backend.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
// The parent zone delegates it to ns1.elsewhere.test.
const zone = "elsewhere.example.test";
const atRegistrar = `At the registrar of ${zone}: `;

describe("the output `delegation`", () => {
  const child = serverOf(startPowerdns);
  const parent = serverOf(startBind);
  let registrar: NameServerBackend;
  let byApi: Deployment;
  let byUpdate: Deployment;

  beforeAll(async () => {
    registrar = await NameServerBackend.make(parent(), ["example.test"]);
    byApi = new Deployment(main, (await PowerdnsBackend.make(child())).connection);
    byUpdate = new Deployment(main, (await NameServerBackend.make(child(), [])).connection);
  });

  async function delegationBy(deployment: Deployment): Promise<unknown> {
    const { host, port } = parent().address;
    // Each connection marks its own record.
    const name = `${deployment === byApi ? "www" : "mail"}.${zone}`;
    const inputs = { name, type: "A", values: ["192.0.2.1"], parentServer: { host, port } };
    const { outputs, error } = await deployment.create("rrset", inputs);
    return error ?? outputs["delegation"];
  }

  /** The output, which must be equal for both connections to the same server. */
  async function delegation(): Promise<unknown> {
    const output = await delegationBy(byApi);
    expect(await delegationBy(byUpdate)).toEqual(output);
    return output;
  }

  /** Creates or updates the zone with these inputs, and returns its DS records. */
  async function zoneWith(nameServer: string, other: Message = {}): Promise<string[]> {
    const inputs = { name: zone, nameservers: [nameServer], updateKeys: ["nixops4-sha256"], ...other };
    return z.array(z.string()).parse((await byApi.create("zone", inputs)).outputs["ds"]);
  }

  test("recommends the zone's name servers if the parent has different ones", async () => {
    await zoneWith("ns2.elsewhere.test");
    expect(await delegation()).toEqual({
      parentSays: ["ns1.elsewhere.test"],
      zoneSays: ["ns2.elsewhere.test"],
      parentDs: [],
      zoneDs: [],
      toDo: `${atRegistrar}set the name servers to ns2.elsewhere.test instead of ns1.elsewhere.test.`,
    });
    await zoneWith("ns1.elsewhere.test");
    expect(await delegation()).toMatchObject({ toDo: null });
  });

  test("recommends removing DS records of an unsigned zone, and one DS record per key of a signed one", async () => {
    const stale = `4711 13 2 ${"ab".repeat(32)}`;
    await zoneWith("ns1.elsewhere.test");
    await registrar.change("example.test", `add ${zone} 300 DS ${stale}`);
    expect(await delegation()).toMatchObject({
      parentDs: [stale],
      zoneDs: [],
      toDo: `${atRegistrar}remove the DS records: the zone has no keys for them, and validating resolvers reject it.`,
    });

    const ds = await zoneWith("ns1.elsewhere.test", { dnssec: true });
    const [sha256, sha384] = ds;
    const toDo = `${atRegistrar}set the DS records to ${sha256}; ${sha384}.`;
    expect(await delegation()).toMatchObject({ parentDs: [stale], zoneDs: ds, toDo });

    await registrar.change("example.test", `delete ${zone} DS`, `add ${zone} 300 DS ${sha256}`);
    expect(await delegation()).toMatchObject({ parentDs: [sha256], zoneDs: ds, toDo: null });
  });

  test("recommends the DS records that the zone requests by CDS", async () => {
    await zoneWith("ns1.elsewhere.test", { dnssec: true });
    const metadata = { kind: "PUBLISH-CDS", metadata: ["4"] };
    await callApi(child().address, "PUT", `zones/${zone}./metadata/PUBLISH-CDS`, metadata);
    expect(await delegationBy(byUpdate)).toMatchObject({ zoneDs: [expect.stringMatching(/^\d+ 13 4 [\da-f]{96}$/)] });
  });

  test("fails if the parent's server refuses the query", async () => {
    await byApi.create("zone", { name: "orphan.test", nameservers: ["ns1.orphan.test"], updateKeys: [] });
    const { host, port } = parent().address;
    const inputs = { name: "www.orphan.test", type: "A", values: ["192.0.2.1"], parentServer: { host, port } };
    expect((await byApi.create("rrset", inputs)).error).toContain("does not answer: REFUSED for orphan.test");
  });

  test("reads the delegation from a server with both the zone and its parent", async () => {
    const { host, port } = parent().address;
    const shop = new Deployment(main, registrar.connection);
    const inputs = { name: "www.child.example.test", type: "A", values: ["192.0.2.1"], parentServer: { host, port } };
    expect((await shop.create("rrset", inputs)).outputs["delegation"]).toMatchObject({
      parentSays: ["ns1.child.example.test"],
      toDo: null,
    });
  });

  test("recommends nothing for a zone that was signed elsewhere", async () => {
    const key = "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==";
    await byApi.create("zone", { name: "presigned.example.test", nameservers: ["ns1.example.test"], updateKeys: [] });
    await callApi(child().address, "PATCH", "zones/presigned.example.test.", {
      rrsets: [
        {
          name: "presigned.example.test.",
          type: "DNSKEY",
          ttl: 300,
          changetype: "REPLACE",
          records: [{ content: key, disabled: false }],
        },
      ],
    });
    await registrar.change("example.test", "add presigned.example.test 300 NS ns1.example.test.");
    await registrar.change("example.test", `add presigned.example.test 300 DS 4711 13 2 ${"ab".repeat(32)}`);
    const { host, port } = parent().address;
    const name = "www.presigned.example.test";
    const { outputs } = await byApi.create("rrset", {
      name,
      type: "A",
      values: ["192.0.2.1"],
      parentServer: { host, port },
    });
    expect(outputs["delegation"]).toMatchObject({ zoneDs: [], toDo: null });
  });
});
