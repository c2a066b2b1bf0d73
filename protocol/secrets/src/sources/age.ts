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

/** Reads the text in an age file, such as one of agenix. The file may be world-readable and in the Nix store. */
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
    ? unreadable(
        what,
        `the file ${path} does not exist`,
        "secret.file.missing",
        `Create it: age -R RECIPIENTS_FILE -o ${path}`,
      )
    : unreadable(
        what,
        `${path}: ${reason}`,
        "secret.file.unreadable",
        "Give the user who runs nixops4 permission to read the file",
      );
