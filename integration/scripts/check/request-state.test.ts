import { expect, test } from "vitest";
import { createVirtualFileSystem } from "typescript/unstable/fs";
import { requestStateFaults, type ProcessState } from "./request-state.ts";

/** The complaints about one module of a provider. */
function faultsOf(text: string, path = "providers/queue/src/client.ts", allowed: ProcessState = {}): string[] {
  const config = JSON.stringify({ compilerOptions: { noLib: true, types: [] }, include: ["providers", "protocol"] });
  return requestStateFaults(
    "/house",
    allowed,
    createVirtualFileSystem({ "/house/tsconfig.json": config, [`/house/${path}`]: text }),
  );
}

test.each([
  ["let current: string | undefined;", "current", "is no const"],
  ["export let current = 1;", "current", "is no const"],
  ["var current = 1;", "current", "is no const"],
  ["const seen = new Set<string>();", "seen", "holds new Set<string>()"],
  ["export const seen: Map<string, number> = new Map();", "seen", "holds new Map()"],
  ["const cache = { seen: new WeakMap() } satisfies object;", "cache", "holds new WeakMap()"],
  ["const agent = new Agent({ keepAlive: true });", "agent", "holds new Agent({ keepAlive: true })"],
  ["const names: string[] = [];\nexport const note = (name: string) => names.push(name);", "names", "is changed"],
  ["const known = new Set(['a']);\nexport function forget() { known.delete('a'); }", "known", "is changed"],
  ["const last = { time: 0 };\nexport const tick = () => { last.time += 1; };", "last", "is changed"],
  ["const last = { of: { time: 0 } };\nexport const tick = () => last.of['time']++;", "last", "is changed"],
  ["const table: Record<string, number> = {};\nexport const drop = () => delete table['a'];", "table", "is changed"],
  [
    "const settings = {};\nexport const use = (more: object) => Object.assign(settings, more);",
    "settings",
    "is changed",
  ],
  ["export default { seen: new Set() };", "default", "holds new Set()"],
  ["export class Client { static count = 0; }", "Client.count", "is not readonly"],
  ["export class Client { static readonly open = new Set(); }", "Client.open", "holds new Set()"],
])("rejects state of a module: %s", (text, name, why) => {
  expect(faultsOf(text)).toEqual([
    expect.stringMatching(
      /^providers\/queue\/src\/client\.ts: `.*` outlives the request that changes it \(.*\)\. Keep/,
    ),
  ]);
  expect(faultsOf(text)[0]).toContain(`\`${name}\` outlives the request that changes it (${why})`);
});

test.each([
  "const kinds = ['a', 'b'] as const;\nexport const isKind = (kind: string) => kinds.some((known) => known === kind);",
  "const lists = new Set(['a']);\nexport const isList = (name: string) => lists.has(name);",
  "const pattern = new RegExp('a');\nexport const isA = (text: string) => pattern.test(text);",
  "const sorted = ['b', 'a'];\nexport const names = () => [...sorted].sort();",
  "export const collect = () => { const found: string[] = []; found.push('a'); let last = 1; last++; return found; };",
  "export const make = () => ({ seen: new Set() });",
  "export class Client { readonly seen = new Set(); count = 0; static readonly port = 53; }",
  "using lock = take();\ndeclare function take(): Disposable;",
])("accepts tables, and state of functions and objects: %s", (text) => {
  expect(faultsOf(text)).toEqual([]);
});

test.each([
  "providers/queue/src/client.test.ts",
  "providers/queue/src/testing/backend.ts",
  "protocol/core/src/fixtures/box.ts",
  "protocol/core/scripts/run.ts",
])("ignores %s, which serves no request", (path) => {
  expect(faultsOf("let current = 1;", path)).toEqual([]);
});

test.each(["protocol/queue/src/a.ts", "providers/queue/client/src/b/c.ts"])("checks %s", (path) => {
  expect(faultsOf("let current = 1;", path)).toHaveLength(1);
});

test("accepts a listed exception, and rejects one that is no longer needed", () => {
  const allowed = { "providers/queue/src/client.ts": { current: "It is the only one." } };
  expect(faultsOf("let current = 1;", "providers/queue/src/client.ts", allowed)).toEqual([]);
  expect(faultsOf("let other = 1;", "providers/queue/src/client.ts", allowed)).toEqual([
    "providers/queue/src/client.ts current: needs no exception in request-state.ts. Remove it.",
    expect.stringContaining("`other` outlives"),
  ]);
});
