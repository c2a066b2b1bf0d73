import { join } from "node:path";
import { startBind } from "@nixops4-resources/integration/servers/bind";
import { startKnot } from "@nixops4-resources/integration/servers/knot";
import { serverOf } from "@nixops4-resources/integration/servers/testing";
import { testResource } from "@nixops4-resources/protocol-core/testing";
import { describe } from "vitest";
import records from "./records.ts";
import { NameServerBackend } from "./testing/name-server-backend.ts";

// With its parent on the same server: another zone that the names could be in.
const zone = "child.example.test";
const main = join(import.meta.dirname, "../dist/main.cjs");

const mx = { name: "child.example.test", type: "MX", ttlSeconds: 300, values: ["10 mail.child.example.test."] };
const a = { name: "mail.child.example.test", type: "A", ttlSeconds: 300, values: ["192.0.2.1"] };
const spf = { name: "child.example.test", type: "TXT", ttlSeconds: 300, values: ["v=spf1 mx -all"] };

describe.each([
  ["BIND", startBind, { notDisturbed: "The same code is disturbed on Knot." }],
  ["Knot", startKnot, {}],
])("by dynamic update on %s", (_name, start, terms) => {
  const server = serverOf(start);
  testResource(records, {
    ...terms,
    main,
    backend: () => NameServerBackend.make(server(), [zone]),
    reached: "network",
    want: { zone, name: "mail", rrsets: [mx, a, spf] },
    changed: {
      rrsets: [mx, { ...a, ttlSeconds: 60, values: ["192.0.2.2"] }, { ...spf, name: "mail.child.example.test" }],
    },
    immutable: { zone: "example.test", name: "post" },
    notChanged: { parentServer: "It asks the parent, and changes nothing." },
    drift: {
      rrsets: (hand) =>
        hand.change(zone, "delete child.example.test TXT", "add mail.child.example.test 300 A 192.0.2.9"),
    },
    makeUnmarked: (hand) =>
      hand.change(
        zone,
        "add mail.child.example.test 300 A 192.0.2.1",
        "add child.example.test 300 MX 10 mail.child.example.test.",
        'add child.example.test 300 TXT "v=spf1 mx -all"',
      ),
    counters: ["serial"],
  });
});
