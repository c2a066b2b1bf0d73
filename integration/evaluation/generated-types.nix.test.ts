import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { directSecretRef, option, runtimePath, secretRef } from "@nixops4-resources/protocol-core";
import { generateNix } from "@nixops4-resources/protocol-core/generate";
import { directoryStore } from "@nixops4-resources/protocol-secrets";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod/mini";
import { describeNix, nixJson, nixPath, repository } from "@nixops4-resources/integration-nix/testing";

const limits = z.strictObject({
  size: option(z.nullable(z.int()), "Size.", null),
  unit: option(z.enum(["k", "M"]), "Unit.", "k"),
});

/** Valid and invalid values. Nix and zod must agree about each. */
const cases: Record<string, { type: z.ZodMiniType; right: unknown[]; wrong: unknown[] }> = {
  text: { type: z.string(), right: ["", 'ä\n${x}"\\'], wrong: [1, null, ["a"]] },
  name: { type: z.string().check(z.minLength(1)), right: ["a"], wrong: ["", null] },
  label: { type: z.string().check(z.regex(/^[a-z0-9-]{1,4}$/)), right: ["a-1"], wrong: ["", "ab_c", "abcde", "a\n"] },
  device: {
    type: z.string().check(z.regex(/^\/(dev|run)(\/[a-z]+)*$/)),
    right: ["/dev", "/run/a/b"],
    wrong: ["dev", "/dev/", "/devrun"],
  },
  version: { type: z.string().check(z.regex(/^v\d+$/)), right: ["v1"], wrong: [1] },
  choice: { type: z.enum(["disable", "verify-full"]), right: ["disable"], wrong: ["DISABLE", ""] },
  flag: { type: z.boolean(), right: [true, false], wrong: ["true", 0] },
  integer: { type: z.int(), right: [0, -5, 2 ** 53 - 1], wrong: [1.5, "1"] },
  share: { type: z.number(), right: [0.5, 3], wrong: ["1"] },
  port: { type: z.int().check(z.minimum(0), z.maximum(65_535)), right: [0, 65_535], wrong: [-1, 65_536] },
  remotePort: { type: z.int().check(z.minimum(1), z.maximum(65_535)), right: [1, 65_535], wrong: [0, 65_536] },
  limit: { type: z.int().check(z.minimum(-1)), right: [-1, 9], wrong: [-2, 1.5] },
  depth: { type: z.int().check(z.maximum(-3)), right: [-3], wrong: [-2] },
  count: { type: z.int().check(z.nonnegative()), right: [0], wrong: [-1] },
  workers: { type: z.int().check(z.positive()), right: [1], wrong: [0] },
  optional: { type: z.nullable(z.string()), right: [null, "a"], wrong: [1] },
  names: { type: z.array(z.string()), right: [[], ["b", "a"]], wrong: ["a", [1]] },
  hosts: { type: z.array(z.string()).check(z.minLength(1)), right: [["a"]], wrong: [[]] },
  labels: { type: z.record(z.string(), z.string()), right: [{}, { "a b": "c" }], wrong: [{ a: 1 }, []] },
  limits: { type: limits, right: [{}, { size: 3 }, { unit: "M" }], wrong: [{ size: "3" }, { sise: 3 }] },
  pools: { type: z.record(z.string(), limits), right: [{ a: {}, b: { size: 1 } }], wrong: [{ a: { unit: "G" } }] },
  rules: { type: z.array(limits), right: [[{}, { size: 1 }]], wrong: [[{ unit: 1 }]] },
  amount: { type: z.union([z.int(), z.string()]), right: [1, "1G"], wrong: [true, null] },
  target: {
    type: z.union([
      z.strictObject({ host: option(z.string(), "Host.") }),
      z.strictObject({ pool: option(limits, "Pool.") }),
    ]),
    right: [{ host: "a" }, { pool: { size: 1 } }],
    wrong: [{}, { host: "a", pool: {} }, { queue: 1 }],
  },
  anything: { type: z.unknown(), right: [null, 1, "a", [{ b: true }]], wrong: [] },
  key: { type: directSecretRef, right: [{ env: "KEY" }], wrong: [{ sops: { file: "/a", key: ["b"] } }] },
  socket: { type: runtimePath, right: ["/run/postgresql"], wrong: ["run/postgresql"] },
  password: {
    type: z.nullable(secretRef),
    right: [
      null,
      { file: "/run/secrets/a" },
      { env: "PASSWORD" },
      { credential: "db.key" },
      { command: ["pass", "a"] },
      { age: { file: "/etc/a.age", identity: { file: "/root/key" } } },
      { sops: { file: "/etc/a.yaml", key: ["db", "password"] } },
      { sops: { file: "/etc/a.yaml", key: ["users", 0, "password"] } },
    ],
    wrong: [
      { age: { file: "/etc/a.age" } },
      { age: { file: "/etc/a.age", identity: { age: {} } } },
      { sops: { file: "/etc/a.yaml", key: [] } },
      { sops: { file: "/etc/a.yaml", key: ["users", -1] } },
      { store: { name: "a" } },
      { store: { name: "a", version: 0, directory: { folder: "/srv", identity: { env: "KEY" } } } },
      {
        store: {
          name: "a",
          directory: { folder: "/srv", identity: { env: "KEY" } },
          postgres: { identity: { env: "KEY" } },
        },
      },
      "secret",
      {},
      { file: "secret" },
      { env: "A B" },
      { credential: "a/b" },
      { command: [] },
      { fil: "/a" },
    ],
  },
};

await describeNix("Nix options from schemas", ({ evaluate }) => {
  const folder = mkdtempSync(join(tmpdir(), "nixops4-resources-"));
  const generated = join(folder, "providers/sample/generated.nix");
  const optionsOf = (type: string) => `(import ${nixPath(generated)} { inherit lib; }).resourceTypes.${type}.inputs`;
  /** name -> value -> what becomes of the option */
  const taken = `(name: value:
    let config = (lib.evalModules { modules = [ (${optionsOf("sample")}) { config.\${name} = value; } ]; }).config; in
    builtins.tryEval (builtins.deepSeq config.\${name} config.\${name}))`;
  beforeAll(() => {
    mkdirSync(join(folder, "providers/sample"), { recursive: true });
    copyFileSync(join(repository, "nix/types.nix"), join(folder, "types.nix"));
    writeFileSync(generated, sampleModule());
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("let through what the schema lets through, filled with the same defaults, and nothing else", async () => {
    const asked = Object.fromEntries(
      Object.entries(cases).map(([name, { right, wrong }]) => [name, [...right, ...wrong]]),
    );
    const answers = await evaluate(`lib.mapAttrs (name: map (${taken} name)) ${nixJson(asked)}`);
    const expected = Object.fromEntries(
      Object.entries(cases).map(([name, { type, right, wrong }]) => [
        name,
        [...right.map((value) => ({ success: true, value: type.parse(value) })), ...wrong.map(() => refused)],
      ]),
    );
    expect(answers).toEqual(expected);
    for (const { type, wrong } of Object.values(cases))
      for (const value of wrong) expect(type.safeParse(value).success).toBe(false);
  });

  test("fill a reference to a store with nulls, which are as good as absent", async () => {
    const answers = await evaluate(`map (${taken} "password") ${nixJson(storeRefs)}`);
    const filled = storeRefs.map(({ store }) => ({
      store: { version: null, id: null, directory: null, postgres: null, ...store },
    }));
    expect(answers).toEqual(filled.map((value) => ({ success: true, value })));
    for (const ref of storeRefs) expect(secretRef.parse(ref)).toEqual(ref);
    expect(storeRefs.map(({ store }) => directoryStore.safeParse(store["directory"]).success)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("fill a reference to a whole sops file with null", async () => {
    const whole = { sops: { file: "/etc/a.yaml" } };
    const answer = await evaluate(`${taken} "password" ${nixJson(whole)}`);
    expect(answer).toEqual({ success: true, value: { sops: { file: "/etc/a.yaml", key: null } } });
    expect(secretRef.parse(whole)).toEqual(whole);
  });

  test.each([
    ["the key of a directory", 'directory = { folder = "/a"; identity.file = FILE; }'],
    ["the key of a database", 'postgres = { host = "a"; identity.file = FILE; }'],
    ["a password of a database", 'postgres = { password.age.identity.file = FILE; identity.env = "KEY"; }'],
    ["anything of a database", 'postgres = { ca = [ FILE ]; identity.env = "KEY"; }'],
  ])("keep out of the Nix store %s", async (_, place) => {
    const file = nixPath(join(repository, "default.nix"));
    const asked = ['"/run/key"', file, `"\${${file}}"`].map(
      (path) => `{ store = { name = "a"; ${place.replace("FILE", path)}; }; }`,
    );
    const answers = await evaluate(`map (value: (${taken} "password" value).success) [ ${asked.join(" ")} ]`);
    expect(answers).toEqual([true, false, false]);
  });

  test("need nothing that has a default", async () => {
    const value = await evaluate(`(lib.evalModules { modules = [ (${optionsOf("defaults")}) ]; }).config`);
    expect(value).toEqual(z.strictObject(defaults).parse({}));
  });
});

/** References as the provider `secrets` returns them in `ref`, and as users write them. */
const storeRefs = [
  { store: { name: "shop/db", directory: { folder: "/srv/secrets", identity: { file: "/root/key" } } } },
  { store: { name: "shop/db", version: 3, directory: { folder: "/srv/secrets", identity: { credential: "key" } } } },
  {
    store: { name: "a", postgres: { host: "db", port: 5432, password: { env: "P" }, identity: { command: ["key"] } } },
  },
].map(({ store }): { store: Record<string, unknown> } => ({ store }));

const refused = { success: false, value: false };

/** Defaults of every kind, and an object whose fields all have one. */
const defaults = {
  text: option(z.string(), "Text.", 'a "quoted" ${text} \\ with\ntwo lines'),
  limit: option(z.int(), "Limit.", -1),
  share: option(z.number(), "Share.", 1e-9),
  big: option(z.number(), "Big.", 1e21),
  hosts: option(z.array(z.string()), "Hosts.", ["a", "b"]),
  labels: option(z.record(z.string(), z.union([z.int(), z.null()])), "Labels.", { "with space": -1, let: null }),
  limits: option(limits, "Limits.", { size: 3 }),
  secret: option(z.nullable(secretRef), "Secret.", { env: "PASSWORD" }),
};

function sampleModule(): string {
  const shape = Object.fromEntries(Object.entries(cases).map(([name, { type }]) => [name, option(type, `A ${name}.`)]));
  const outputs = z.toJSONSchema(z.strictObject({}), { io: "output", unrepresentable: "any" });
  const resource = (inputs: z.ZodMiniObject) => ({
    description: "A sample.",
    requireState: false,
    inputs: z.toJSONSchema(inputs, { io: "input", unrepresentable: "any" }),
    outputs,
  });
  return generateNix({
    provider: { name: "sample", title: "Sample", description: "Samples." },
    resourceTypes: { sample: resource(z.strictObject(shape)), defaults: resource(z.strictObject(defaults)) },
  });
}
