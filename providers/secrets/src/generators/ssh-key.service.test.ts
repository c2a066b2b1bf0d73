import { expect, test } from "vitest";
import { generate } from "../testing/generate.ts";
import { usePrograms } from "../testing/programs.ts";
import { keyAlgorithms } from "./key-pair.ts";
import { sshKey } from "./ssh-key.ts";

const { run, file } = usePrograms({ "ssh-keygen": "openssh-client" });

test.each(keyAlgorithms)("gives %s that ssh-keygen reads, with the same public key and comment", async (algorithm) => {
  const { value, public: parts, expiresAt } = await generate(sshKey, { algorithm, comment: "root@web 1" });
  expect(run("ssh-keygen", ["-y", "-f", file(value)])).toBe(parts["publicKey"]);
  expect(parts["publicKey"]).toMatch(/ root@web 1$/);
  expect(expiresAt).toBeNull();
});

test("signs data that ssh-keygen verifies with the public line", async () => {
  const { value, public: parts } = await generate(sshKey, {});
  const message = file("a commit");
  run("ssh-keygen", ["-q", "-Y", "sign", "-n", "git", "-f", file(value), message]);
  const allowed = file(`me ${parts["publicKey"]}\n`);
  const args = ["-Y", "verify", "-f", allowed, "-I", "me", "-n", "git", "-s", `${message}.sig`];
  expect(run("ssh-keygen", args, "a commit")).toContain('Good "git" signature');
});

test("encodes numbers with a leading zero byte", async () => {
  // One number in 256 has one; 100 keys with 5 numbers each almost certainly include some.
  const made = await Promise.all(Array.from({ length: 100 }, () => generate(sshKey, { algorithm: "ecdsa-p256" })));
  for (const { value, public: parts } of made) {
    expect(run("ssh-keygen", ["-y", "-f", file(value)])).toBe(parts["publicKey"]);
  }
});
