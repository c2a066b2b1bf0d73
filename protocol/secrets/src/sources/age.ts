import {
  largestSecretBytes,
  resolveSecret,
  toSecret,
  type AgeRef,
  type Secret,
} from "@nixops4-resources/protocol-core";
import { readSecretFile } from "@nixops4-resources/protocol-core/files";
import { decryptWith } from "../age/age.ts";
import { inContext } from "../in-context.ts";

/** Room for the header with the recipients, and for armor. */
const largestFileBytes = 4 * largestSecretBytes;

/** Reads the bytes in an age file, such as one of agenix. The file may be world-readable and in the Nix store. */
export async function readAge({ age }: AgeRef, what: string): Promise<{ secret: Secret; from: string }> {
  const create = `Create it: age -R RECIPIENTS_FILE -o ${age.file}`;
  const ciphertext = await readSecretFile(age.file, what, { largestBytes: largestFileBytes }, create);
  const identity = await resolveSecret(age.identity, `the identity that opens ${age.file}`);
  const plaintext = await inContext(`${what} cannot be read: ${age.file} cannot be opened`, () =>
    decryptWith(identity, ciphertext),
  );
  return { secret: toSecret(plaintext, what), from: `age file ${age.file}` };
}
