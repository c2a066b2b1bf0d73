import { inputSchema } from "@nixops4-resources/protocol-core/generate";
import { expect, test } from "vitest";
import { loadTypes } from "./provider-types.ts";
import { describeNix, nixJson } from "@nixops4-resources/integration-nix/testing";

const records = (await loadTypes()).find(({ provider, type }) => provider === "dns" && type === "records");

/** As NixOS-DNS' `utils.domains.getDnsConfig` gives it. */
const dnsConfig = {
  "example.com": {
    "example.com": {
      ns: { data: ["ns1.invalid", "ns2.invalid"], ttl: 60 },
      soa: { data: [{ mname: "ns.example.invalid", serial: 1 }], ttl: 60 },
      mx: { data: [{ exchange: "mail.example.com", preference: 10 }, null], ttl: 60 },
      txt: { data: ["v=spf1 mx -all", '"quoted"'], ttl: 60 },
      caa: { data: [{ flags: 0, tag: "issue", value: "letsencrypt.org" }], ttl: 60 },
    },
    "host1.example.com": {
      a: { data: ["198.51.100.1"], ttl: 86_400 },
      aaaa: { data: null, ttl: 86_400 },
      sshfp: { data: [{ algorithm: 4, type: 2, fingerprint: "ab" }], ttl: 86_400 },
    },
    "_443._tcp.host1.example.com": {
      tlsa: { data: { usage: 3, selector: 1, matchingType: 1, certificateAssociationData: "cd" }, ttl: 60 },
    },
  },
  "example.org": {
    "www.example.org": { cname: { data: ["www.example.com."], ttl: 60 } },
    "old.example.org": { dname: { data: ["example.com."], ttl: 60 } },
    "_ftp._tcp.example.org": {
      uri: { data: [{ priority: 10, weight: 1, target: "ftp://example.com/public" }], ttl: 60 },
    },
    "_xmpp._tcp.example.org": {
      srv: { data: [{ priority: 10, weight: 5, port: 5223, target: "host1.example.com." }], ttl: 60 },
    },
  },
};

await describeNix("the records of NixOS-DNS", ({ evaluate }) => {
  const members = (config: unknown): Promise<unknown> =>
    evaluate(`resources.recordsOfNixosDns { type = "the type"; inputs.managedBy = "shop"; } ${nixJson(config)}`);

  test("are one member per zone, with every record in the provider's terms", async () => {
    expect(await members(dnsConfig)).toEqual({
      "example.com": {
        type: "the type",
        inputs: {
          managedBy: "shop",
          name: "nixos-dns",
          zone: "example.com",
          rrsets: [
            {
              name: "_443._tcp.host1.example.com",
              type: "TLSA",
              ttlSeconds: 60,
              values: [{ usage: 3, selector: 1, matchingType: 1, data: "cd" }],
            },
            {
              name: "example.com",
              type: "CAA",
              ttlSeconds: 60,
              values: [{ flags: 0, tag: "issue", value: "letsencrypt.org" }],
            },
            {
              name: "example.com",
              type: "MX",
              ttlSeconds: 60,
              values: [{ exchange: "mail.example.com", preference: 10 }],
            },
            { name: "example.com", type: "NS", ttlSeconds: 60, values: ["ns1.invalid", "ns2.invalid"] },
            {
              name: "example.com",
              type: "TXT",
              ttlSeconds: 60,
              values: [{ text: "v=spf1 mx -all" }, { text: '"quoted"' }],
            },
            { name: "host1.example.com", type: "A", ttlSeconds: 86_400, values: ["198.51.100.1"] },
            {
              name: "host1.example.com",
              type: "SSHFP",
              ttlSeconds: 86_400,
              values: [{ algorithm: 4, fingerprintType: 2, fingerprint: "ab" }],
            },
          ],
        },
      },
      "example.org": {
        type: "the type",
        inputs: {
          managedBy: "shop",
          name: "nixos-dns",
          zone: "example.org",
          rrsets: [
            {
              name: "_ftp._tcp.example.org",
              type: "URI",
              ttlSeconds: 60,
              values: [{ priority: 10, weight: 1, target: "ftp://example.com/public" }],
            },
            {
              name: "_xmpp._tcp.example.org",
              type: "SRV",
              ttlSeconds: 60,
              values: [{ priority: 10, weight: 5, port: 5223, target: "host1.example.com." }],
            },
            { name: "old.example.org", type: "DNAME", ttlSeconds: 60, values: ["example.com."] },
            { name: "www.example.org", type: "CNAME", ttlSeconds: 60, values: ["www.example.com."] },
          ],
        },
      },
    });
  });

  test("are what the provider takes", async () => {
    const made = await evaluate(`
      ((resources.nixops4.lib.mkRoot {
        modules = [
          ({ providers, ... }: {
            providers.dns = { imports = [ resources.modules.nixops4Provider.dns ]; executable = "/dns"; managedBy = "shop"; };
            providers.dns.connection.powerdns = { url = "https://ns1"; apiKey.env = "KEY"; };
            members = resources.recordsOfNixosDns { type = providers.dns.records; } ${nixJson(dnsConfig)};
          })
        ];
      }).rootFunction { resourceProviderSystem = "x86_64-linux"; outputValues = { }; }).members."example.com".resource.inputs`);
    if (records === undefined) throw new Error("The provider dns has no type records.");
    expect(inputSchema(records.resource).parse(made)).toEqual(made);
    expect(made).toMatchObject({ zone: "example.com", name: "nixos-dns", managedBy: "shop" });
  });

  test("that the provider does not have are an error which names them", async () => {
    const digest = { "example.net": { "example.net": { zonemd: { data: ["1 1 1 ab"], ttl: 60 } } } };
    await expect(members(digest)).rejects.toThrow("example.net has records of type ZONEMD");
  });
});
