import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "@nixops4-resources/integration-servers/process/find-program";
import { startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { Secret } from "@nixops4-resources/protocol-core";
import { afterAll, beforeEach, expect, test } from "vitest";
import { decryptWith, encryptTo, recipientsOf } from "./age.ts";

// Tested against Debian's age and keys of OpenSSH, which people and agenix use.
beforeEach(async (context) => {
  await startOrSkip(context, async () => [findProgram("age", "age"), findProgram("ssh-keygen", "openssh-client")]);
});

const folder = mkdtempSync(join(tmpdir(), "age-"));
afterAll(() => rm(folder, { recursive: true }));

const run = (program: string, args: string[], input: Uint8Array | string = ""): Buffer =>
  execFileSync(program, args, { input, stdio: ["pipe", "pipe", "pipe"] });

/** Creates keys with the command that names the kind. */
const kinds: Record<string, (path: string) => void> = {
  "age-keygen": (path) => void run("age-keygen", ["-o", path]),
  "ssh-keygen -t ed25519": (path) => void run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]),
  "ssh-keygen -t rsa": (path) => void run("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", path]),
  "ssh-keygen -t rsa -m PEM": (path) =>
    void run("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f", path]),
};

test.for(Object.entries(kinds))("exchanges files with age for keys of %s", async ([kind, make]) => {
  const path = join(folder, kind.replaceAll(/\W/g, ""));
  make(path);
  const identity = new Secret(readFileSync(path, "utf8"));
  const [recipient = ""] = await recipientsOf(identity);
  const printed = kind === "age-keygen" ? run("age-keygen", ["-y", path]) : readFileSync(`${path}.pub`);
  expect(printed.toString().trim().split(" ").slice(0, 2).join(" ")).toBe(recipient);

  for (const flags of [[], ["--armor"]]) {
    const theirs = run("age", [...flags, "-r", recipient], "from the command line");
    expect(Buffer.from(await decryptWith(identity, theirs)).toString()).toBe("from the command line");
  }
  for (const form of ["binary", "armored"] as const) {
    const ours = await encryptTo([recipient], Buffer.from("from here"), form);
    expect(run("age", ["-d", "-i", path], ours).toString()).toBe("from here");
  }
});

test("encrypts a file to recipients of all kinds, so that each can decrypt it", async () => {
  const paths = Object.entries(kinds).map(([kind, make]) => {
    const path = join(folder, `several-${kind.replaceAll(/\W/g, "")}`);
    make(path);
    return path;
  });
  const recipients = await Promise.all(
    paths.map(async (path) => (await recipientsOf(new Secret(readFileSync(path, "utf8"))))[0] ?? ""),
  );
  const ours = await encryptTo(recipients, Buffer.alloc(200_000, "long "));
  for (const path of paths) expect(run("age", ["-d", "-i", path], ours).length).toBe(200_000);
});

test.each(["ed25519", "rsa"])("rejects an %s key with a passphrase, with the reason", async (type) => {
  const path = join(folder, `locked-${type}`);
  run("ssh-keygen", ["-q", "-t", type, "-b", "2048", "-N", "hunter2-hunter2", "-f", path]);
  await expect(recipientsOf(new Secret(readFileSync(path, "utf8")))).rejects.toMatchObject({
    code: "secret.identity.invalid",
    message: expect.stringContaining("passphrase"),
  });
});

test("rejects an ECDSA key, with its type", async () => {
  const path = join(folder, "ecdsa");
  run("ssh-keygen", ["-q", "-t", "ecdsa", "-N", "", "-f", path]);
  await expect(recipientsOf(new Secret(readFileSync(path, "utf8")))).rejects.toMatchObject({
    message: expect.stringContaining("ecdsa-sha2-nistp256"),
  });
});
