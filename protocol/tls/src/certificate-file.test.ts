import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readCertificates } from "./certificate-file.ts";

const folder = mkdtempSync(join(tmpdir(), "certificates-"));
const [file, fifo] = [join(folder, "ca.pem"), join(folder, "fifo")];
execFileSync("mkfifo", [fifo]);
afterAll(() => rm(folder, { recursive: true }));

test("returns the text of a PEM file", async () => {
  writeFileSync(file, "-----BEGIN CERTIFICATE-----\n");
  expect(await readCertificates(file, "connection.ca")).toBe("-----BEGIN CERTIFICATE-----\n");
});

test.each([
  ["a FIFO", fifo, "is not a regular file"],
  ["a folder", folder, "is a folder"],
  ["a missing file", join(folder, "none"), "does not exist"],
  ["a device", "/dev/zero", "is not a regular file"],
  ["NUL in the path", "/a\0b", "contains the character NUL"],
  ["another text", "/proc/self/status", "contains no certificate"],
])("rejects %s at once, with the input that names it", async (_name, path, why) => {
  await expect(readCertificates(path, "connection.ca")).rejects.toMatchObject({
    code: "tls.file",
    message: expect.stringContaining(why),
    hint: expect.stringContaining("`connection.ca`"),
  });
});
