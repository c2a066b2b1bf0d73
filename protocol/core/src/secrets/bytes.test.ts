import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { byteSamples } from "../testing/byte-samples.ts";
import { resolveSecret } from "./ref.ts";
import { scrub, Secret } from "./secret.ts";

const folder = mkdtempSync(join(tmpdir(), "bytes-"));
const path = join(folder, "secret");
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const bytesOf = async (ref: Parameters<typeof resolveSecret>[0]): Promise<string> =>
  (await resolveSecret(ref, "the secret")).revealBytes().toString("hex");

test.each(Object.entries(byteSamples))("returns %s unchanged from each direct source", async (_name, bytes) => {
  writeFileSync(path, bytes, { mode: 0o600 });
  vi.stubEnv("CREDENTIALS_DIRECTORY", folder);
  expect(await bytesOf({ file: path })).toBe(bytes.toString("hex"));
  expect(await bytesOf({ credential: "secret" })).toBe(bytes.toString("hex"));
  expect(await bytesOf({ command: ["cat", path] })).toBe(bytes.toString("hex"));
});

describe("an environment variable", () => {
  test.each(["plain", "päss\n", " \r\n"])("returns the text %j unchanged", async (text) => {
    vi.stubEnv("BYTES_SECRET", text);
    expect(await bytesOf({ env: "BYTES_SECRET" })).toBe(Buffer.from(text).toString("hex"));
  });

  test("is rejected if only the environment at the start would show its bytes", async () => {
    vi.stubEnv("BYTES_SECRET", "pä\uFFFDss");
    await expect(bytesOf({ env: "BYTES_SECRET" })).rejects.toMatchObject({ code: "secret.env.bytes" });
  });

  test.skipIf(process.platform !== "linux")("returns the bytes that are no text", () => {
    const ref = join(import.meta.dirname, "ref.ts");
    const script = `import { resolveSecret } from ${JSON.stringify(ref)};
      const { stdout } = process;
      stdout.write((await resolveSecret({ env: "V" }, "the secret")).revealBytes());`;
    const shell = String.raw`V=$(printf '\377\376x\357\277\275\200'); export V; exec "$@"`;
    const args = ["-c", shell, "sh", process.execPath, "--input-type=module", "-e", script];
    const { stdout, stderr } = spawnSync("sh", args);
    expect(stdout.toString("hex"), stderr.toString()).toBe("fffe78efbfbd80");
  });
});

describe("a secret as text", () => {
  test.each([
    ["hunter2", "hunter2"],
    ["hunter2\n", "hunter2"],
    ["hunter2\r\n", "hunter2"],
    [" a \n\n", " a \n"],
    ["\uFEFFpäss", "\uFEFFpäss"],
  ])("is %j without one final newline", (given, text) => {
    expect(new Secret(given).revealText()).toBe(text);
    expect(new Secret(given).revealBytes().toString()).toBe(given);
  });

  test.each([
    ["invalid UTF-8", Buffer.from("ff", "hex"), "is not valid UTF-8"],
    ["a cut character", Buffer.from("ä").subarray(0, 1), "is not valid UTF-8"],
    ["NUL", Buffer.from("a\0"), "contains the character NUL"],
  ])("rejects %s with a hint", (_name, bytes, why) => {
    expect(() => new Secret(bytes, "the password of role app").revealText()).toThrow(
      expect.objectContaining({
        code: "secret.text.invalid",
        message: expect.stringMatching(`^the password of role app must be text, but it ${why}$`),
        hint: expect.stringContaining("UTF-8"),
      }),
    );
  });

  test.each(["two\nlines", "tökén", "a\tb"])("rejects %j for a header", (text) => {
    expect(() => new Secret(text, "the token").revealHeader()).toThrow(
      expect.objectContaining({ code: "secret.text.header", message: expect.stringMatching(/^the token must be/) }),
    );
    expect(new Secret("abc \n").revealHeader()).toBe("abc ");
  });
});

test("scrubs bytes that are no text in each spelling of a program", () => {
  const bytes = Buffer.concat([Buffer.from("ff00", "hex"), Buffer.from("readable-part\n"), Buffer.from("fe", "hex")]);
  expect(new Secret(bytes).toString()).toBe("[secret]");
  for (const encoding of ["base64", "base64url", "hex"] as const) {
    expect(scrub(`bad ${bytes.toString(encoding)}!`)).toMatch(/^bad \[secret\]=*!$/);
  }
  expect(scrub(`bad ${bytes.toString()}!`)).not.toContain("readable-part");
});

test("does not change with the bytes that it was given", () => {
  const bytes = Buffer.from("ff01", "hex");
  const secret = new Secret(bytes);
  bytes.fill(0);
  expect(secret.revealBytes().toString("hex")).toBe("ff01");
});
