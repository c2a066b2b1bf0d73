import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Secret } from "@nixops4-resources/protocol-core";
import { byteSamples } from "@nixops4-resources/protocol-core/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { encryptTo } from "../age/age.ts";
import { openSecretWriter } from "../open-store.ts";
import sources from "./sources.ts";
import { makePerson, newSecret, newValue, type Person } from "../testing/index.ts";

const what = "the password of role app";
let alice: Person;
let bob: Person;
let folder: string;

beforeAll(async () => {
  [alice, bob] = [await makePerson(), await makePerson()];
  folder = mkdtempSync(join(tmpdir(), "nixops4-sources-"));
});
afterAll(async () => {
  for (const person of [alice, bob]) await person[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
afterEach(() => vi.unstubAllEnvs());

const directory = (): { folder: string; identity: Person["identity"] } => ({ folder, identity: alice.identity });

/** Writes a world-readable age file. */
const put = async (name: string, content: string | Buffer): Promise<string> => {
  const path = join(folder, name);
  writeFileSync(path, await encryptTo([alice.recipient], Buffer.from(content)), { mode: 0o644 });
  return path;
};

describe("age", () => {
  test("returns the text of a world-readable file, without the last newline", async () => {
    const file = await put("app.age", "hunter2-hunter2\n");
    const { secret, from } = await sources.read({ age: { file, identity: alice.identity } }, what);
    expect(secret.revealText()).toBe("hunter2-hunter2");
    expect(from).toBe(`age file ${file}`);
  });

  test.each(Object.entries(byteSamples))("returns %s unchanged", async (_name, bytes) => {
    const { secret } = await sources.read(
      { age: { file: await put("bytes.age", bytes), identity: alice.identity } },
      what,
    );
    expect(secret.revealBytes().toString("hex")).toBe(bytes.toString("hex"));
  });

  test("rejects FIFOs for the file and its identity at once, and an identity that is no text", async () => {
    const [fifo, file] = [join(folder, "fifo"), await put("with-fifo.age", "hunter2-hunter2")];
    execFileSync("mkfifo", ["-m", "0600", fifo]);
    for (const age of [
      { file: fifo, identity: alice.identity },
      { file, identity: { file: fifo } },
    ]) {
      await expect(sources.read({ age }, what)).rejects.toMatchObject({
        code: "secret.file.unreadable",
        message: expect.stringContaining("is not a regular file"),
      });
    }
    const command = ["printf", String.raw`\377`];
    await expect(sources.read({ age: { file, identity: { command } } }, what)).rejects.toMatchObject({
      code: "secret.text.invalid",
      message: expect.stringContaining(`the identity that opens ${file} must be text`),
    });
  });

  test("reports each failure with the secret, the file and the reason", async () => {
    const file = await put("other.age", "hunter2-hunter2");
    const damaged = join(folder, "damaged.age");
    writeFileSync(damaged, "age-encryption.org/v1\n");
    const cases = [
      [{ file, identity: bob.identity }, "secret.identity.mismatch", `${file} cannot be opened: it is not encrypted`],
      [{ file: damaged, identity: alice.identity }, "secret.encrypted.damaged", `${damaged} cannot be opened`],
      [
        { file: "/nowhere.age", identity: alice.identity },
        "secret.file.missing",
        "the file /nowhere.age does not exist",
      ],
      [{ file: folder, identity: alice.identity }, "secret.file.unreadable", "is a folder"],
      [{ file: await put("empty.age", "\n"), identity: alice.identity }, "secret.empty", "it is empty"],
    ] as const;
    for (const [age, code, why] of cases) {
      await expect(sources.read({ age }, what)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(new RegExp(`^${what} cannot be read: .*${why.replaceAll(/[()]/g, ".")}`)),
      });
    }
    await expect(sources.read({ age: { file, identity: { file: "/nowhere/key" } } }, what)).rejects.toMatchObject({
      code: "secret.file.missing",
      message: expect.stringContaining("the identity that opens"),
    });
  });
});

describe("sops", () => {
  test("reports a missing program", async () => {
    vi.stubEnv("PATH", folder);
    await expect(sources.read({ sops: { file: "/a.yaml", key: ["db"] } }, what)).rejects.toMatchObject({
      code: "secret.sops.missing",
      message: `${what} cannot be read: the program sops is not on PATH`,
    });
  });

  // sops.service.test.ts runs the real sops if there is one.
  test.each(Object.entries(byteSamples))("returns %s as the program prints them", async (_name, bytes) => {
    writeFileSync(join(folder, "printed"), bytes);
    writeFileSync(join(folder, "sops"), `#!/bin/sh\nexec cat ${join(folder, "printed")}\n`, { mode: 0o755 });
    vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"]}`);
    const { secret } = await sources.read({ sops: { file: "/a.bin", key: ["data"] } }, what);
    expect(secret.revealBytes().toString("hex")).toBe(bytes.toString("hex"));
  });
});

describe("store", () => {
  test("returns the current version, or the one in the reference", async () => {
    const store = await openSecretWriter({ directory: directory() });
    await store.create(newSecret("db", { value: new Secret("first-value") }));
    await store.addVersion("db", 1, newValue({ value: new Secret("second-value") }));
    for (const [version, value, shown] of [
      [undefined, "second-value", 2],
      [null, "second-value", 2],
      [2, "second-value", 2],
      [1, "first-value", 1],
    ] as const) {
      const ref = { store: { name: "db", ...(version !== undefined && { version }), directory: directory() } };
      const { secret, from } = await sources.read(ref, what);
      expect(secret.revealText()).toBe(value);
      expect(from).toBe(`secret db in the folder ${folder}, version ${shown}`);
    }
    await expect(
      sources.read({ store: { name: "db", version: 7, directory: directory() } }, what),
    ).rejects.toMatchObject({ code: "secret.version.missing", message: expect.stringContaining(what) });
    await expect(sources.read({ store: { name: "no", directory: directory() } }, what)).rejects.toMatchObject({
      code: "secret.store.missing",
      message: `${what} cannot be read: the folder ${folder} has no secret no`,
    });
  });

  test.each([
    [{ foldr: "/srv/secrets" }, "there is no input `directory.foldr`", "Did you mean `directory.folder`?"],
    [{ folder: "secrets" }, "`directory.folder` must be of the form", undefined],
    [{ folder: "/srv/secrets" }, "`directory.identity` is missing", undefined],
    [
      { folder: "/srv/secrets", identity: { age: { file: "/a", identity: { file: "/b" } } } },
      "`directory.identity` must be an object with exactly one of `file`, `env`, `credential`, `command`",
      undefined,
    ],
  ])("rejects wrong settings of the store: %j", async (settings, why, hint) => {
    await expect(sources.read({ store: { name: "db", directory: settings } }, what)).rejects.toMatchObject({
      code: "protocol.inputs.invalid",
      message: expect.stringContaining(why),
      ...(hint !== undefined && { hint }),
    });
  });

  test("rejects an invalid name", async () => {
    await expect(sources.read({ store: { name: "../db", directory: directory() } }, what)).rejects.toMatchObject({
      code: "secret.name.invalid",
      message: `${what} cannot be read: \`../db\` is not a valid name for a secret`,
    });
  });
});
