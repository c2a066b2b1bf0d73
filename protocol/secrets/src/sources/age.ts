import { readFileSync } from "node:fs";
import {
  resolveSecret,
  toSecret,
  unreadable,
  type AgeRef,
  type ProviderError,
  type Secret,
} from "@nixops4-resources/protocol-core";
import { decryptWith } from "../age/age.ts";
import { inContext } from "../in-context.ts";

/** The text in an age file, also one of agenix. The file itself may be readable for everybody, and in the Nix store. */
export async function readAge({ age }: AgeRef, what: string): Promise<{ secret: Secret; from: string }> {
  const ciphertext = readEncrypted(age.file, what);
  const identity = await resolveSecret(age.identity, `the identity that opens ${age.file}`);
  const plaintext = await inContext(`${what} cannot be read: ${age.file} cannot be opened`, () =>
    decryptWith(identity, ciphertext),
  );
  return { secret: toSecret(Buffer.from(plaintext).toString(), what), from: `age file ${age.file}` };
}

function readEncrypted(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw notRead(path, what, error instanceof Error && "code" in error ? String(error.code) : String(error));
  }
}

const notRead = (path: string, what: string, reason: string): ProviderError =>
  reason === "ENOENT"
    ? unreadable(what, `there is no file ${path}`, "secret.file.missing", `Encrypt the secret into ${path}: age -R ...`)
    : unreadable(what, `${path}: ${reason}`, "secret.file.unreadable", "Let the user who runs nixops4 read the file");
