import { join } from "node:path";
import { startPowerdns } from "@nixops4-resources/integration-servers/dns/powerdns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import { PowerdnsBackend } from "../testing/powerdns-backend.ts";
import zone from "./zone.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");

describe("by PowerDNS' API", () => {
  const server = serverOf(startPowerdns);
  testResource(zone, {
    main,
    backend: () => PowerdnsBackend.make(server()),
    reached: "network",
    neverOvertaken: "powerdns/overtaken.service.test.ts: a proxy changes the address that names the zone's lock.",
    oneBrokenConnection: "The contract of `rrset` tries all of them.",
    want: {
      name: "shop.test",
      kind: "Master",
      nameservers: ["ns1.shop.test", "NS2.example.test."],
      soaEdit: "INCEPTION-INCREMENT",
      updateKeys: ["nixops4-sha256"],
    },
    changed: {
      kind: "Native",
      masters: ["192.0.2.53:5353"],
      nameservers: ["ns1.shop.test"],
      soaEdit: "NONE",
      soaEditApi: "EPOCH",
      updateKeys: [],
      transferKeys: ["nixops4-sha512"],
      account: "shop",
    },
    immutable: { name: "store.test" },
    notChanged: {
      dnssec: "It can only be turned on: see particulars.service.test.ts.",
      deleteRecords: "It only affects destroying.",
    },
    drift: {
      nameservers: (backend) =>
        backend.change("shop.test.", {
          name: "shop.test.",
          type: "NS",
          ttl: 3600,
          records: [{ content: "ns.elsewhere.test.", disabled: false }],
        }),
      kind: (backend) => backend.call("PUT", "zones/shop.test.", { kind: "Native" }).then(() => undefined),
      updateKeys: (backend) =>
        backend.call("DELETE", "zones/shop.test./metadata/TSIG-ALLOW-DNSUPDATE").then(() => undefined),
    },
    counters: ["serial"],
    makeUnmarked: async (backend) => {
      const nameservers = ["ns1.shop.test.", "ns2.example.test."];
      await backend.call("POST", "zones", {
        name: "shop.test.",
        kind: "Master",
        nameservers,
        soa_edit: "INCEPTION-INCREMENT",
      });
      await backend.call("PUT", "zones/shop.test./metadata/TSIG-ALLOW-DNSUPDATE", {
        kind: "TSIG-ALLOW-DNSUPDATE",
        metadata: ["nixops4-sha256"],
      });
    },
  });
});
