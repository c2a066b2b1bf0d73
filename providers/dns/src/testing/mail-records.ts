import { join } from "node:path";
import type { NameServerBackend } from "./name-server-backend.ts";

/** With its parent on the same server: another zone that the names could be in. */
export const zone = "child.example.test";
const main = join(import.meta.dirname, "../../dist/main.cjs");

const mx = { name: "child.example.test", type: "MX", ttlSeconds: 300, values: ["10 mail.child.example.test."] };
const a = { name: "mail.child.example.test", type: "A", ttlSeconds: 300, values: ["192.0.2.1"] };
const spf = { name: "child.example.test", type: "TXT", ttlSeconds: 300, values: ["v=spf1 mx -all"] };

/** Terms of the contract of `records` that are the same for every server, however it is reached. */
export const terms = {
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

/** The same for every server that takes dynamic updates, where records are changed past the provider. */
export const byHand = {
  drift: {
    rrsets: (backend: NameServerBackend) =>
      backend.change(zone, "delete child.example.test TXT", "add mail.child.example.test 300 A 192.0.2.9"),
  },
  makeUnmarked: (backend: NameServerBackend) =>
    backend.change(
      zone,
      "add mail.child.example.test 300 A 192.0.2.1",
      "add child.example.test 300 MX 10 mail.child.example.test.",
      'add child.example.test 300 TXT "v=spf1 mx -all"',
    ),
};
