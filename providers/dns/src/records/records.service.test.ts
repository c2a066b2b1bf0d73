import { startBind } from "@nixops4-resources/integration-servers/dns/bind";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import { startPowerdns } from "@nixops4-resources/integration-servers/dns/powerdns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import records from "./records.ts";
import { bypass, terms, zone } from "../testing/mail-records.ts";
import { NameServerBackend } from "../testing/name-server-backend.ts";
import { PowerdnsBackend } from "../testing/powerdns-backend.ts";

describe.each([
  ["BIND", startBind, { notDisturbed: "The same code path is killed and raced on Knot." }],
  ["Knot", startKnot, {}],
  ["PowerDNS", startPowerdns, { notDisturbed: "The same code path is killed and raced on Knot." }],
])("by dynamic update on %s", (_name, start, disturbance) => {
  const server = serverOf(start);
  testResource(records, {
    ...terms,
    ...disturbance,
    oneBrokenConnection: "The contract of `rrset` tries all of them.",
    ...bypass,
    backend: () => NameServerBackend.make(server(), [zone]),
  });
});

const rrset = (name: string, type: string, ...values: string[]) => ({
  name,
  type,
  ttl: 300,
  records: values.map((content) => ({ content, disabled: false })),
});

describe("by PowerDNS' API", () => {
  const server = serverOf(startPowerdns);
  testResource(records, {
    ...terms,
    notDisturbed: "The same code path is killed and raced with `rrset`.",
    oneBrokenConnection: "The contract of `rrset` tries all of them.",
    neverOvertaken: "powerdns/overtaken.service.test.ts: a proxy changes the address that names the zone's lock.",
    backend: () => PowerdnsBackend.make(server(), [`${zone}.`]),
    drift: {
      rrsets: (backend) =>
        backend.change(
          `${zone}.`,
          { name: `${zone}.`, type: "TXT" },
          rrset(`mail.${zone}.`, "A", "192.0.2.1", "192.0.2.9"),
        ),
    },
    makeUnmarked: (backend) =>
      backend.change(
        `${zone}.`,
        rrset(`mail.${zone}.`, "A", "192.0.2.1"),
        rrset(`${zone}.`, "MX", `10 mail.${zone}.`),
        rrset(`${zone}.`, "TXT", '"v=spf1 mx -all"'),
      ),
  });
});
