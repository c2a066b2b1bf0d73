import {
  largestSecretBytes,
  toSecret,
  unreadable,
  type ProviderError,
  type Secret,
  type SopsRef,
} from "@nixops4-resources/protocol-core";
import { ProgramFailed, programOutput } from "@nixops4-resources/protocol-core/program-output";
import type { ErrorCode } from "../errors.ts";

/**
 * Reads a sops file, or a value in it. The program sops decrypts it, so every kind of key works (age, PGP, cloud services),
 * and sops finds the key by its own environment variables and files.
 */
export async function readSops({ sops }: SopsRef, what: string): Promise<{ secret: Secret; from: string }> {
  // Source: https://getsops.io/docs/#extract-a-sub-part-of-a-document-tree
  const way = sops.key?.map((part) => `[${JSON.stringify(part)}]`).join("");
  const args = ["--decrypt", ...(way === undefined ? [] : ["--extract", way]), sops.file];
  try {
    const secret = toSecret(await programOutput("sops", args, largestSecretBytes), what);
    const place = sops.key == null ? "" : `${sops.key.join(".")} in `;
    return { secret, from: `${place}sops file ${sops.file}` };
  } catch (error) {
    throw error instanceof ProgramFailed ? notRead(what, args, error) : error;
  }
}

function notRead(what: string, args: readonly string[], { isMissing, message }: ProgramFailed): ProviderError {
  if (isMissing) {
    const code: ErrorCode = "secret.sops.missing";
    return unreadable(what, "the program sops is not on PATH", code, "Add sops to the PATH of nixops4 (nixpkgs#sops)");
  }
  const code: ErrorCode = "secret.sops.failed";
  const command = ["sops", ...args.map((argument) => (/[^\w/.-]/.test(argument) ? `'${argument}'` : argument))];
  return unreadable(what, `sops ${message}`, code, `Run this to see the reason: ${command.join(" ")}`);
}
