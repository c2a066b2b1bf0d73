import { join } from "node:path";
import { dig } from "@nixops4-resources/integration-servers/dns/dig";
import { callApi, startPowerdns } from "@nixops4-resources/integration-servers/dns/powerdns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment } from "@nixops4-resources/protocol-core/testing";
import { describe, expect, test } from "vitest";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const record = (name: string) => ({ name, type: "A", values: ["192.0.2.1"] });

describe("a zone of PowerDNS", () => {
  const server = serverOf(startPowerdns);
  const deployment = (): Deployment => {
    const { host, apiPort, apiKeyFile } = server().address;
    return new Deployment(main, { powerdns: { url: `http://${host}:${apiPort}`, apiKey: { file: apiKeyFile } } });
  };

  test("is destroyed with its records only if `deleteRecords` is set", async () => {
    const inputs = { name: "full.test", nameservers: ["ns1.full.test"], updateKeys: ["nixops4-sha256"] };
    expect((await deployment().create("zone", inputs)).outcome).toBe("created");
    expect((await deployment().create("rrset", record("ns1.full.test"))).outcome).toBe("created");
    expect(await dig(server().address, "full.test", "NS", "ns1.full.test", "A")).toEqual([
      "ns1.full.test.",
      "192.0.2.1",
    ]);
    const { error } = await deployment().destroy("zone", inputs);
    expect(error).toBe(
      "[dns.zone.notEmpty] Unable to delete zone full.test: the zone full.test has records: ns1.full.test A.\n" +
        "Hint: Destroy the resources that declare them first, or set `deleteRecords = true` to delete the zone with all records.",
    );
    expect((await deployment().destroy("zone", { ...inputs, deleteRecords: true })).outcome).toBe("deleted");
    expect(await dig(server().address, "full.test", "SOA")).toEqual([]);
  });

  test("outputs its DS records once signed, and rejects turning DNSSEC off", async () => {
    const inputs = { name: "signed.test", nameservers: ["ns1.example.test"], updateKeys: ["nixops4-sha256"] };
    expect((await deployment().create("zone", inputs)).outputs["ds"]).toEqual([]);
    const signed = await deployment().create("zone", { ...inputs, dnssec: true });
    expect(signed.outcome).toBe("updated");
    const [key] = await dig(server().address, "signed.test", "DNSKEY");
    expect(key).toMatch(/^257 3 13 /);
    expect(signed.outputs["ds"]).toEqual([
      expect.stringMatching(/^\d+ 13 2 [\da-f]{64}$/),
      expect.stringMatching(/^\d+ 13 4 [\da-f]{96}$/),
    ]);
    expect((await deployment().create("zone", { ...inputs, dnssec: false })).error).toContain("[dns.zone.signed]");
    expect(await dig(server().address, "signed.test", "DNSKEY")).toEqual([key]);
  });

  test("is rejected if another deployment is still creating it", async () => {
    // A create that was killed after its first request leaves this. The contract covers our own half-created zones.
    const inputs = { name: "half.test", nameservers: ["ns1.example.test"], updateKeys: ["nixops4-sha256"] };
    await deployment().create("zone", inputs);
    const { address } = server();
    await callApi(address, "DELETE", "zones/half.test./metadata/X-NIXOPS4");
    await callApi(address, "PUT", "zones/half.test.", { account: "nixops4-0123456789abcdef" });
    expect((await deployment().create("zone", inputs)).error).toContain("another deployment, which is creating it");
  });

  test("is rejected with other connections", async () => {
    const { host, port, keys } = server().address;
    const tsig = { name: keys.sha256.name, secret: { file: keys.sha256.secretFile } };
    const byUpdate = new Deployment(main, { rfc2136: { host, port, tsig } });
    const { error } = await byUpdate.create("zone", { name: "no.test" });
    expect(error).toContain(
      "[dns.zone.connection] Unable to read zone no.test: `connection.rfc2136` cannot create zones.",
    );
  });

  test("causes a warning at a new record if it accepts unsigned updates", async () => {
    const warned = await deployment().create("rrset", record("www.unsigned.test"));
    expect(warned.outcome).toBe("created");
    expect(warned.said).toMatch(/accepts updates without a signature/);
    expect(warned.said).toContain("unsigned.test");
    expect((await deployment().create("rrset", record("www.second.test"))).said).not.toContain("signature");
  });

  test("at a hosting service rejects single record sets", async () => {
    const hosted = new Deployment(main, { octodns: { class: "octodns_x.Provider", zones: ["example.org"] } });
    expect((await hosted.create("rrset", record("www.example.org"))).error).toContain("[dns.octodns.one]");
  });
});
