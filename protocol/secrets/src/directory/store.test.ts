import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { encryptTo } from "../age/age.ts";
import { openDirectoryReader, openDirectoryWriter } from "./store.ts";
import type { SecretWriter } from "../store.ts";
import { makePerson, newSecret, testSecretStore, type Person } from "../testing/index.ts";

testSecretStore("a store in a folder", async () => {
  const path = mkdtempSync(join(tmpdir(), "nixops4-secrets-"));
  return {
    placeFor: ({ identity }) => ({ directory: { folder: path, identity } }),
    kept: async () =>
      filesIn(path)
        .map((file) => `${file} ${statSync(file, { bigint: true }).ctimeNs}\n${readFileSync(file, "utf8")}`)
        .join("\n"),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
});

const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

describe("a store in a folder, in particular", () => {
  let alice: Person;
  let folder: string;
  let store: SecretWriter;
  const open = (path = folder): Promise<SecretWriter> =>
    openDirectoryWriter({ folder: path, identity: alice.identity });

  beforeAll(async () => {
    alice = await makePerson();
  });
  afterAll(() => alice[Symbol.asyncDispose]());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "nixops4-secrets-"));
    store = await open();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  test("writes text files that only the owner can read", async () => {
    await store.create(newSecret("shop/db"));
    await store.change("shop/db", { graceSeconds: 5 });
    expect(filesIn(folder)).toEqual([join(folder, "shop/db.age")]);
    expect(statSync(join(folder, "shop/db.age")).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "shop")).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(folder, "shop/db.age"), "utf8")).toMatch(
      /^-----BEGIN AGE ENCRYPTED FILE-----\n[A-Za-z0-9+/=\n]+-----END AGE ENCRYPTED FILE-----\n$/,
    );
  });

  test("rejects a copied or renamed file", async () => {
    await store.create(newSecret("a"));
    copyFileSync(join(folder, "a.age"), join(folder, "b.age"));
    for (const refused of [
      () => store.look("b"),
      () => store.reveal("b", null, "a test"),
      () => store.change("b", {}),
      () => store.list(),
    ]) {
      await expect(refused()).rejects.toMatchObject({
        code: "secret.encrypted.moved",
        message: expect.stringContaining("its file is a copy of the file of secret a"),
      });
    }
    renameSync(join(folder, "b.age"), join(folder, "a.age"));
    expect(await store.look("a")).toMatchObject({ name: "a" });
  });

  test("reports a changed byte as damage, never as a missing secret", async () => {
    await store.create(newSecret("a"));
    const path = join(folder, "a.age");
    const text = readFileSync(path, "utf8");
    const at = text.length - 60;
    writeFileSync(path, text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1));
    await expect(store.look("a")).rejects.toMatchObject({
      code: "secret.encrypted.damaged",
      message: expect.stringContaining(`secret a in the folder ${folder} cannot be opened`),
    });
    writeFileSync(path, `<<<<<<< HEAD\n${text}=======\n${text}>>>>>>> branch\n`);
    await expect(store.look("a")).rejects.toMatchObject({ code: "secret.encrypted.damaged" });
  });

  test.each([
    ["a file of another program", "hunter2-hunter2", "secret.encrypted.damaged"],
    ["a file with other JSON", '{"format":1,"value":"hunter2-hunter2"}', "secret.encrypted.damaged"],
    ["a file of a later version", '{"format":2,"value":"hunter2-hunter2"}', "secret.encrypted.later"],
  ])("rejects %s, without quoting it", async (_whose, text, code) => {
    writeFileSync(join(folder, "a.age"), await encryptTo([alice.recipient], Buffer.from(text)));
    const refused: unknown = await store.look("a").catch((error: unknown) => error);
    expect(refused).toMatchObject({ code });
    expect(String(refused)).not.toContain("hunter2");
  });

  test("rejects symbolic links to files and folders", async () => {
    const outside = mkdtempSync(join(tmpdir(), "nixops4-outside-"));
    try {
      await store.create(newSecret("shop/db"));
      renameSync(join(folder, "shop/db.age"), join(outside, "db.age"));
      symlinkSync(join(outside, "db.age"), join(folder, "shop/db.age"));
      await expect(store.look("shop/db")).rejects.toMatchObject({ code: "secret.directory.link" });
      rmSync(join(folder, "shop"), { recursive: true });
      symlinkSync(outside, join(folder, "shop"));
      for (const refused of [
        () => store.look("shop/db"),
        () => store.create(newSecret("shop/db")),
        () => store.create(newSecret("shop/a/b")),
        () => store.remove("shop/db"),
      ]) {
        await expect(refused()).rejects.toMatchObject({ code: "secret.directory.link" });
      }
      expect(readdirSync(outside)).toEqual(["db.age"]);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  test("uses the same lock for another spelling of the folder", async () => {
    await store.create(newSecret("a"));
    symlinkSync(folder, `${folder}-link`);
    try {
      const other = await open(`${folder}-link`);
      expect(other.place).toBe(store.place);
      const value = newSecret("a");
      const added = await Promise.all([store.addVersion("a", 1, value), other.addVersion("a", 1, value)]);
      expect(added.filter(Boolean)).toHaveLength(1);
    } finally {
      rmSync(`${folder}-link`);
    }
  });

  test("removes drafts of killed processes, but not of running ones", async () => {
    mkdirSync(join(folder, "shop"), { mode: 0o700 });
    // Above the highest pid of Linux.
    const dead = join(folder, "shop/.db.age.4194305.draft");
    const living = join(folder, `.a.age.${process.ppid}.draft`);
    for (const draft of [dead, living]) writeFileSync(draft, "half", { mode: 0o600 });
    await openDirectoryReader({ folder, identity: alice.identity });
    expect(existsSync(dead)).toBe(true);
    const again = await open();
    expect([existsSync(dead), existsSync(living)]).toEqual([false, true]);
    expect(await again.list()).toEqual([]);
  });

  test("rejects a FIFO or a folder in place of a secret's file at once, and is never missing one", async () => {
    execFileSync("mkfifo", ["-m", "0600", join(folder, "fifo.age")]);
    mkdirSync(join(folder, "folder.age"));
    for (const [name, reason] of [
      ["fifo", "is not a regular file"],
      ["folder", "is a folder"],
    ] as const) {
      await expect(store.look(name)).rejects.toMatchObject({
        code: "secret.directory.failed",
        message: expect.stringContaining(reason),
      });
    }
  });

  test.each([0o750, 0o705, 0o755, 0o770])("rejects a folder of mode %o", async (mode) => {
    chmodSync(folder, mode);
    await expect(open()).rejects.toMatchObject({
      code: "secret.directory.public",
      message: expect.stringContaining(`(mode 0${mode.toString(8)})`),
      hint: `Run chmod 0700 ${folder}`,
    });
  });

  test("rejects a folder that another user owns, or can replace", async (context) => {
    if (process.getuid?.() !== 0) context.skip("only root can give a folder away");
    const inner = join(folder, "a/b");
    mkdirSync(inner, { recursive: true, mode: 0o700 });
    await open(inner);
    chmodSync(join(folder, "a"), 0o770);
    await expect(open(inner)).rejects.toMatchObject({ code: "secret.directory.owner" });
    chmodSync(join(folder, "a"), 0o1777);
    await open(inner);
    chownSync(join(folder, "a"), 65_534, 65_534);
    await expect(open(inner)).rejects.toMatchObject({
      code: "secret.directory.owner",
      message: `other users can replace the folder ${join(folder, "a")}`,
    });
    chownSync(join(folder, "a"), 0, 0);
    chownSync(inner, 65_534, 65_534);
    await expect(open(inner)).rejects.toMatchObject({
      code: "secret.directory.owner",
      message: expect.stringContaining("belongs to another user"),
    });
  });

  test("rejects a folder in the Nix store, also through a link", async () => {
    vi.stubEnv("NIX_STORE_DIR", folder);
    const inside = join(folder, "abc-secrets");
    mkdirSync(inside, { mode: 0o700 });
    symlinkSync(inside, `${folder}-link`);
    try {
      for (const path of [inside, `${folder}-link`]) {
        await expect(open(path)).rejects.toMatchObject({
          code: "secret.directory.public",
          message: expect.stringContaining("Nix store"),
        });
      }
    } finally {
      rmSync(`${folder}-link`);
    }
  });

  test("does not create a missing folder; the hint has the command", async () => {
    const nowhere = join(folder, "nowhere");
    await expect(open(nowhere)).rejects.toMatchObject({
      code: "secret.directory.missing",
      hint: `Run mkdir -m 0700 ${nowhere}`,
    });
    writeFileSync(nowhere, "");
    await expect(open(nowhere)).rejects.toMatchObject({ code: "secret.directory.missing" });
  });
});
