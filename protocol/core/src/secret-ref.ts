import * as z from "zod/mini";
import { log } from "./log.ts";
import { option } from "./option.ts";
import { readSecret } from "./read-secret.ts";
import type { Secret } from "./secret.ts";

/** An absolute path that is read when the provider runs; in Nix a string, never a path literal, which would be copied to the store. */
export const runtimePath = z
  .string()
  .check(z.regex(/^\/.*$/))
  .register(z.globalRegistry, { "x-nix-type": "runtimePath" });

const fileRef = z.strictObject({
  file: option(runtimePath, "File that holds the secret. Only its owner may read it (mode 0600 or less)."),
});
const envRef = z.strictObject({
  env: option(
    z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/)),
    "Environment variable of the provider's process that holds the secret.",
  ),
});
const credentialRef = z.strictObject({
  credential: option(
    z.string().check(z.regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/)),
    "Name of a systemd credential (LoadCredential=): a file in $CREDENTIALS_DIRECTORY.",
  ),
});
const commandRef = z.strictObject({
  command: option(
    z.array(z.string()).check(z.minLength(1)),
    "Program and arguments, run without a shell; what it prints is the secret.",
  ),
});

/**
 * Where a secret is to be found. Only the reference crosses the protocol; `resolveSecret` reads the value at the moment of
 * its use. One trailing newline is not part of the value.
 */
export const secretRef = z.union([fileRef, envRef, credentialRef, commandRef]).register(z.globalRegistry, {
  id: "SecretRef",
  description: "Reference to a secret; the value itself never enters Nix, the protocol or the state.",
  "x-nix-type": "secretRef",
});

export type SecretRef = z.output<typeof secretRef>;

/**
 * The value of a secret. `what` says whose it is, such as `the password of role app`.
 * Throws a ProviderError (`secret.*`) that names the reference where it cannot be read.
 */
export async function resolveSecret(ref: SecretRef, what: string): Promise<Secret> {
  const { secret, from } = await readSecret(ref, what);
  log.info("secret resolved", { what, from });
  return secret;
}
