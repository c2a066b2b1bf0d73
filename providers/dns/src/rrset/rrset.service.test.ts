import { join } from "node:path";
import { startBind } from "@nixops4-resources/integration-servers/dns/bind";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import { startPowerdns } from "@nixops4-resources/integration-servers/dns/powerdns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import rrset from "./rrset.ts";
import { NameServerBackend } from "../testing/name-server-backend.ts";
import { PowerdnsBackend } from "../testing/powerdns-backend.ts";

const zone = "example.test";
const main = join(import.meta.dirname, "../../dist/main.cjs");

/** The contract's terms for every kind of connection. */
const terms = {
  main,
  reached: "network" as const,
  want: {
    name: "www.example.test",
    type: "A",
    values: ["192.0.2.1", { address: "192.0.2.2" }],
    ttlSeconds: 600,
    shared: false,
  },
  changed: { values: ["192.0.2.3"], ttlSeconds: 60, ptr: true },
  immutable: { name: "web.example.test", shared: true, part: "web" },
  notChanged: {
    zone: "It only names the zone of the record set.",
    type: "Only a state tells that we declared the previous type: see particulars.service.test.ts.",
    parentServer: "It only queries the parent zone.",
  },
  counters: ["serial"],
};

const sameOnBind = {
  notDisturbed: "The same code path is killed and raced on BIND.",
  oneBrokenConnection: "BIND tries all of them, and rfc2136/failures.service.test.ts tries them on every server.",
};

describe.each([
  ["BIND", startBind, { throughWorker: "only" as const }],
  ["Knot", startKnot, { ...sameOnBind, throughWorker: "killed" as const }],
  ["PowerDNS", startPowerdns, sameOnBind],
])("by dynamic update on %s", (_name, start, disturbance) => {
  const server = serverOf(start);
  testResource(rrset, {
    ...terms,
    ...disturbance,
    backend: () => NameServerBackend.make(server(), [zone, "2.0.192.in-addr.arpa"]),
    drift: {
      values: (backend) => backend.change(zone, "add www.example.test 600 A 192.0.2.9"),
      ttlSeconds: (backend) =>
        backend.change(
          zone,
          "delete www.example.test A",
          "add www.example.test 90 A 192.0.2.1",
          "add www.example.test 90 A 192.0.2.2",
        ),
    },
    makeUnmarked: (backend) =>
      backend.change(zone, "add www.example.test 600 A 192.0.2.1", "add www.example.test 600 A 192.0.2.2"),
  });
});

describe("by PowerDNS' API", () => {
  const server = serverOf(startPowerdns);
  const name = "www.example.test.";
  const change = (backend: PowerdnsBackend, ttl: number, ...addresses: string[]): Promise<void> =>
    backend.change("example.test.", {
      name,
      type: "A",
      ttl,
      records: addresses.map((content) => ({ content, disabled: false })),
    });
  testResource(rrset, {
    ...terms,
    changed: { values: ["192.0.2.3"], ttlSeconds: 60 },
    notChanged: {
      ...terms.notChanged,
      ptr: "Dynamic updates test the same code; here it would add ten calls to kill at.",
    },
    neverOvertaken: "powerdns/overtaken.service.test.ts: a proxy changes the address that names the zone's lock.",
    backend: () => PowerdnsBackend.make(server(), ["example.test."]),
    drift: {
      values: (backend) => change(backend, 600, "192.0.2.1", "192.0.2.2", "192.0.2.9"),
      ttlSeconds: (backend) => change(backend, 90, "192.0.2.1", "192.0.2.2"),
    },
    makeUnmarked: (backend) => change(backend, 600, "192.0.2.1", "192.0.2.2"),
  });
});
