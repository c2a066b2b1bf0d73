import { chmodSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import * as z from "zod/mini";
import { flushLog } from "../report/log.ts";
import { runWith } from "../request/context.ts";
import { directSecretRef, resolveSecret, secretRef } from "./ref.ts";
import type { SecretRef } from "./ref-types.ts";
import { Secret } from "./secret.ts";
import type { LoadSecretSources } from "./sources.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-"));
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const put = (name: string, text: string, mode = 0o600): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};
const value = async (ref: SecretRef): Promise<string> =>
  (await resolveSecret(ref, "the password of role app")).revealText();

test("reads a file without its last newline", async () => {
  expect(await value({ file: put("good", "hunter2\n") })).toBe("hunter2");
  expect(await value({ file: put("spaces", " a \n\n") })).toBe(" a \n");
});

test("reads an environment variable, a systemd credential, and the output of a command without a shell", async () => {
  vi.stubEnv("APP_PASSWORD", "hunter3");
  expect(await value({ env: "APP_PASSWORD" })).toBe("hunter3");
  put("app", "hunter4\n");
  vi.stubEnv("CREDENTIALS_DIRECTORY", folder);
  expect(await value({ credential: "app" })).toBe("hunter4");
  expect(await value({ command: ["printf", "%s", "$HOME;hunter5"] })).toBe("$HOME;hunter5");
});

/** Runs a command that also writes to stderr, and returns its value or error, and the stderr of the request. */
async function run(script: string): Promise<{ result: unknown; stderr: string }> {
  const stderr: string[] = [];
  vi.stubEnv("NIXOPS4_RESOURCES_LOG", "info");
  const result = await runWith({ stderr: (text) => void stderr.push(text) }, async () => {
    const read: unknown = await value({ command: ["sh", "-c", script] }).catch((error: unknown) => error);
    await flushLog();
    return read;
  });
  return { result, stderr: stderr.join("") };
}

test("logs the stderr of a command after its end, without its secret and other known ones", async () => {
  expect(new Secret("hunter8-hunter8").toString()).toBe("[secret]");
  const { result, stderr } = await run("echo unlocks hunter8-hunter8 for hunter9-hunter9 >&2; echo hunter9-hunter9");
  expect(result).toBe("hunter9-hunter9");
  expect(stderr).toContain('"stderr":"unlocks [secret] for [secret]"');
});

test("puts the end of a failed command's stderr into the error, scrubbed and in one line", async () => {
  const script = "seq 1000 >&2; echo half-a-secret-value; printf 'no key\n for half-a-secret-value' >&2; exit 3";
  const { result, stderr } = await run(script);
  expect(result).toMatchObject({ code: "secret.command.failed" });
  expect(String(result)).toMatch(/: the command sh ended with status 3: \.\.\. .*1000 no key for \[secret\]$/);
  expect(String(result).length).toBeLessThan(1200);
  expect(stderr).not.toContain("no key");
});

test("says that a command was interrupted, as Ctrl-C does it", async () => {
  const { result } = await run("kill -INT $$; sleep 1");
  expect(result).toMatchObject({
    code: "secret.command.failed",
    message: expect.stringMatching(/: the command sh was interrupted$/),
    hint: "Apply again",
  });
});

describe("a request", () => {
  test("resolves each reference once, and another request resolves it again", async () => {
    const log = join(folder, "runs");
    const command = ["sh", "-c", `echo run >> ${log}; echo hunter10`];
    const age = { file: "/a.age", identity: { env: "KEY" } };
    let reads = 0;
    const read = async () => ({ secret: new Secret(`value ${++reads}`), from: "here" });
    const secretSources = async () => ({ default: { read, errors: async () => ({ default: {} }) } });
    for (const runs of [1, 2]) {
      await runWith({ resolutions: new Map(), secretSources }, async () => {
        expect(await Promise.all([value({ command }), value({ command })])).toEqual(["hunter10", "hunter10"]);
        expect(await value({ command })).toBe("hunter10");
        expect(await value({ age })).toBe(`value ${runs}`);
        expect(await value({ age: { identity: age.identity, file: age.file } })).toBe(`value ${runs}`);
        expect(await value({ age: { ...age, file: "/b.age" } })).toBe(`value ${runs + 1}`);
        reads--;
      });
      expect(readFileSync(log, "utf8")).toBe("run\n".repeat(runs));
    }
  });

  test("names the right secret if two of them have one reference", async () => {
    const ref = { file: put("bytes", "a\0b") };
    await runWith({ resolutions: new Map() }, async () => {
      const [token, password] = [await resolveSecret(ref, "the token"), await resolveSecret(ref, "the password")];
      expect(() => token.revealText()).toThrow("the token must be text");
      expect(() => password.revealText()).toThrow("the password must be text");
    });
  });
});

test.each([
  ["a missing file", { file: "/nowhere/password" }, "secret.file.missing"],
  ["an unset variable", { env: "NOT_SET_HERE" }, "secret.env.missing"],
  ["a credential outside systemd", { credential: "app" }, "secret.credential.missing"],
  ["a command that fails", { command: ["false"] }, "secret.command.failed"],
  ["a missing command", { command: ["no-such-program", "hunter6"] }, "secret.command.failed"],
  ["the Nix store", { file: "/nix/store/abc-password" }, "secret.file."],
] as const)("rejects %s", async (_name, ref, code) => {
  const refused: unknown = await value("command" in ref ? { command: [...ref.command] } : ref).catch(
    (error: unknown) => error,
  );
  expect(refused).toMatchObject({
    code: expect.stringContaining(code),
    message: expect.stringContaining("the password of role app"),
  });
  expect(String(refused)).not.toContain("hunter6");
});

test.each([0o640, 0o604, 0o644, 0o660])("rejects a file of mode %o", async (mode) => {
  await expect(value({ file: put("open", "x", mode) })).rejects.toMatchObject({ code: "secret.file.mode" });
});

test("rejects a link into the Nix store", async () => {
  const store = mkdtempSync(join(folder, "store-"));
  vi.stubEnv("NIX_STORE_DIR", store);
  writeFileSync(join(store, "password"), "x", { mode: 0o600 });
  symlinkSync(join(store, "password"), join(folder, "link"));
  await expect(value({ file: join(folder, "link") })).rejects.toMatchObject({ code: "secret.file.store" });
});

test("rejects an empty secret and one that is too large", async () => {
  await expect(value({ file: put("empty", "\n") })).rejects.toMatchObject({ code: "secret.empty" });
  await expect(value({ file: put("large", "x".repeat(1_048_577)) })).rejects.toMatchObject({
    code: "secret.file.size",
  });
});

test("loads the provider's sources on demand, to read references of the other kinds", async () => {
  const ref = { age: { file: "/run/agenix/app.age", identity: { file: "/etc/ssh/key" } } };
  await expect(value(ref)).rejects.toMatchObject({ code: "secret.kind.unsupported" });
  let loads = 0;
  const secretSources: LoadSecretSources = async () => {
    loads++;
    return {
      default: {
        read: async (given) => ({ secret: new Secret(JSON.stringify(given)), from: "here" }),
        errors: async () => ({ default: {} }),
      },
    };
  };
  await runWith({ secretSources }, async () => {
    expect(await value({ file: put("direct", "hunter7") })).toBe("hunter7");
    expect(loads).toBe(0);
    expect(await value(ref)).toBe(JSON.stringify(ref));
    expect(loads).toBe(1);
  });
});

test.each([
  { age: { file: "/a.age", identity: { env: "KEY" } } },
  { sops: { file: "/a.yaml", key: ["db", "password"] } },
  { sops: { file: "/a.yaml", key: ["users", 0, "password"] } },
  { sops: { file: "/a.yaml" } },
  { store: { name: "db", directory: { folder: "/srv/secrets" } } },
  { store: { name: "db", version: 3, postgres: {} } },
])("accepts the reference %o", (right) => {
  expect(z.safeParse(secretRef, right).success).toBe(true);
});

test("rejects an indirect reference for the key that decrypts a secret", () => {
  expect(z.safeParse(directSecretRef, { env: "KEY" }).success).toBe(true);
  expect(z.safeParse(directSecretRef, { store: { name: "db", directory: {} } }).error?.issues[0]?.message).toBe(
    "an object with exactly one of `file`, `env`, `credential`, `command`",
  );
});

test("rejects every value except an object with exactly one known key", () => {
  expect(z.safeParse(secretRef, { file: "/run/secrets/x" }).success).toBe(true);
  for (const wrong of [
    {},
    { file: "/x", env: "X" },
    { file: "relative" },
    { command: [] },
    "hunter2",
    { value: "hunter2" },
    { toString: "hunter2" },
    { age: { file: "/a.age" } },
    { age: { file: "/a.age", identity: { age: {} } } },
    { sops: { file: "/a.yaml", key: [] } },
    { sops: { file: "/a.yaml", key: [-1] } },
    { sops: { file: "/a.yaml", key: [0.5] } },
    { store: { name: "db" } },
    { store: { name: "db", directory: {}, postgres: {} } },
    { store: { name: "db", version: 0, directory: {} } },
    { store: { name: "db", directory: {}, password: "hunter2" } },
  ]) {
    expect(z.safeParse(secretRef, wrong).success).toBe(false);
  }
});
