import { join } from "node:path";
import { startBind } from "@nixops4-resources/integration-servers/dns/bind";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import { startPowerdns } from "@nixops4-resources/integration-servers/dns/powerdns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-core/testing";
import { describe } from "vitest";
import rrset from "./rrset.ts";
import { NameServerBackend } from "../testing/name-server-backend.ts";
import { PowerdnsBackend } from "../testing/powerdns-backend.ts";

const zone = "example.test";
const main = join(import.meta.dirname, "../../dist/main.cjs");
const plain = "The contract of the whole set tests the same code.";

/** The contract's terms for every kind of connection. */
const terms = {
  main,
  reached: "network" as const,
  want: {
    name: "www.example.test",
    type: "A",
    values: ["192.0.2.1", { address: "192.0.2.2" }],
    ttlSeconds: 600,
    shared: true,
    part: "web",
  },
  changed: { values: ["192.0.2.3"], ttlSeconds: 60, ptr: true },
  immutable: { name: "web.example.test", shared: false, part: "mail" },
  notChanged: {
    zone: "It only names the zone of the record set.",
    type: "Only a state tells that we declared the previous type: see shared-particulars.service.test.ts.",
    parentServer: "It only queries the parent zone.",
  },
  sharedWith: {
    other: { values: ["192.0.2.4", "192.0.2.5"] },
    changed: { values: ["192.0.2.3", "192.0.2.2"] },
  },
  counters: ["serial"],
  oneBrokenConnection: plain,
};

const sameOnKnot = { notDisturbed: "The same code path is killed and raced on Knot." };

describe.each([
  ["BIND", startBind, sameOnKnot],
  ["Knot", startKnot, {}],
  ["PowerDNS", startPowerdns, sameOnKnot],
])("values of a shared set by dynamic update on %s", (_name, start, disturbance) => {
  const server = serverOf(start);
  testResource(rrset, {
    ...terms,
    ...disturbance,
    wrongAnswersElsewhere: plain,
    backend: () => NameServerBackend.make(server(), [zone, "2.0.192.in-addr.arpa"]),
    drift: {
      values: (backend) => backend.change(zone, "delete www.example.test A 192.0.2.1"),
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

describe("values of a shared set by PowerDNS' API", () => {
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
    notChanged: { ...terms.notChanged, ptr: "Dynamic updates test the same code." },
    neverOvertaken: "powerdns/overtaken.service.test.ts: a proxy changes the address that names the zone's lock.",
    wrongAnswersElsewhere: plain,
    backend: () => PowerdnsBackend.make(server(), ["example.test."]),
    drift: {
      values: (backend) => change(backend, 600, "192.0.2.2"),
      ttlSeconds: (backend) => change(backend, 90, "192.0.2.1", "192.0.2.2"),
    },
    makeUnmarked: (backend) => change(backend, 600, "192.0.2.1", "192.0.2.2"),
  });
});
