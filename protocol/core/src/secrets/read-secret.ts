import { ProviderError } from "../report/error.ts";
import { currentContext } from "../request/context.ts";
import { Secret } from "./secret.ts";
import type { SecretRef } from "./ref-types.ts";

/** Larger than any key. If a file is larger, its path is probably wrong. */
export const largestSecretBytes = 1_048_576;

/** Returns the value, and a description of its origin for the log. */
export async function readSecret(ref: SecretRef, what: string): Promise<{ secret: Secret; from: string }> {
  if ("file" in ref) {
    const { fromFile } = await import("./read-secret-file.ts");
    return { secret: toSecret(await fromFile(ref.file, what), what), from: `file ${ref.file}` };
  }
  if ("env" in ref) {
    const { readVariable } = await import("./read-variable.ts");
    return { secret: toSecret(await readVariable(ref.env, what), what), from: `environment variable ${ref.env}` };
  }
  if ("credential" in ref) {
    const { fromCredential } = await import("./read-secret-file.ts");
    return { secret: toSecret(await fromCredential(ref.credential, what), what), from: `credential ${ref.credential}` };
  }
  if ("command" in ref) {
    const { readCommand } = await import("./read-command.ts");
    return { secret: toSecret(await readCommand(ref.command, what), what), from: `command ${ref.command[0]}` };
  }
  const sources = await currentContext().secretSources?.();
  if (sources !== undefined) return await sources.default.read(ref, what);
  throw unreadable(
    what,
    `this provider does not support references of the kind ${Object.keys(ref).join(", ")}`,
    "secret.kind.unsupported",
    "Use a reference of another kind, such as `file`",
  );
}

/** A secret from its exact bytes, which are then overwritten. An empty value, and a newline alone, are rejected. */
export function toSecret(bytes: Uint8Array, what: string): Secret {
  if (/^(\r?\n)?$/.test(Buffer.from(bytes.subarray(0, 3)).toString("latin1")))
    throw unreadable(what, "it is empty", "secret.empty", "Put the secret where the reference points to");
  const secret = new Secret(bytes, what);
  bytes.fill(0);
  return secret;
}

/** The error of a reference. `what` describes the secret, such as `the password of role app`. */
export function unreadable(what: string, why: string, code: `secret.${string}`, hint: string): ProviderError {
  return new ProviderError(`${what} cannot be read: ${why}`, { code, hint });
}
