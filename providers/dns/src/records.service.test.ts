import { join } from "node:path";
import { startBind } from "@nixops4-resources/integration/servers/bind";
import { startKnot } from "@nixops4-resources/integration/servers/knot";
import { findOctodns } from "@nixops4-resources/integration/servers/octodns";
import { startPowerdns } from "@nixops4-resources/integration/servers/powerdns";
import { serverOf } from "@nixops4-resources/integration/servers/testing";
import { testResource } from "@nixops4-resources/protocol-core/testing";
import { describe } from "vitest";
import records from "./records.ts";
import { byOctodns, NameServerBackend } from "./testing/name-server-backend.ts";
import { PowerdnsBackend } from "./testing/powerdns-backend.ts";

// With its parent on the same server: another zone that the names could be in.
const zone = "child.example.test";
const main = join(import.meta.dirname, "../dist/main.cjs");

const mx = { name: "child.example.test", type: "MX", ttlSeconds: 300, values: ["10 mail.child.example.test."] };
const a = { name: "mail.child.example.test", type: "A", ttlSeconds: 300, values: ["192.0.2.1"] };
const spf = { name: "child.example.test", type: "TXT", ttlSeconds: 300, values: ["v=spf1 mx -all"] };

/** The same for every server, however it is reached. */
const terms = {
  main,
  reached: "network" as const,
  want: { zone, name: "mail", rrsets: [mx, a, spf] },
  changed: {
    rrsets: [mx, { ...a, ttlSeconds: 60, values: ["192.0.2.2"] }, { ...spf, name: "mail.child.example.test" }],
  },
  immutable: { zone: "example.test", name: "post" },
  notChanged: { parentServer: "It asks the parent, and changes nothing." },
  counters: ["serial"],
};
const byHand = {
  drift: {
    rrsets: (hand: NameServerBackend) =>
      hand.change(zone, "delete child.example.test TXT", "add mail.child.example.test 300 A 192.0.2.9"),
  },
  makeUnmarked: (hand: NameServerBackend) =>
    hand.change(
      zone,
      "add mail.child.example.test 300 A 192.0.2.1",
      "add child.example.test 300 MX 10 mail.child.example.test.",
      'add child.example.test 300 TXT "v=spf1 mx -all"',
    ),
};

describe.each([
  ["BIND", startBind, { notDisturbed: "The same code is disturbed on Knot." }],
  ["Knot", startKnot, {}],
])("by dynamic update on %s", (_name, start, disturbance) => {
  const server = serverOf(start);
  testResource(records, {
    ...terms,
    ...disturbance,
    ...byHand,
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
    notDisturbed: "The same code is disturbed for an rrset.",
    backend: () => PowerdnsBackend.make(server(), [`${zone}.`]),
    drift: {
      rrsets: (hand) =>
        hand.change(
          `${zone}.`,
          { name: `${zone}.`, type: "TXT" },
          rrset(`mail.${zone}.`, "A", "192.0.2.1", "192.0.2.9"),
        ),
    },
    makeUnmarked: (hand) =>
      hand.change(
        `${zone}.`,
        rrset(`mail.${zone}.`, "A", "192.0.2.1"),
        rrset(`${zone}.`, "MX", `10 mail.${zone}.`),
        rrset(`${zone}.`, "TXT", '"v=spf1 mx -all"'),
      ),
  });
});

// Each look and each write starts Python, so that only those clauses are here that see OctoDNS' side of a promise.
const ofOctodns = /^(create again|destroy leaves|list finds|a `rrsets`|no secret)/;

describe("by OctoDNS", { timeout: 180_000 }, () => {
  const server = serverOf(startBind);
  const octodns = serverOf(async () => ({
    command: await findOctodns(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }));
  testResource(
    records,
    {
      ...terms,
      ...byHand,
      backend: () => NameServerBackend.make(server(), [zone], byOctodns(server().address, [zone], octodns().command)),
    },
    ({ says }) => ofOctodns.test(says),
  );
});
