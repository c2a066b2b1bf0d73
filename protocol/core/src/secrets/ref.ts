import * as z from "zod/mini";
import { log } from "../report/log.ts";
import { readSecret } from "./read-secret.ts";
import type { DirectSecretRef, SecretRef } from "./ref-types.ts";
import type { Secret } from "./secret.ts";
import { allKinds, directKinds, flawOf, type SecretKinds } from "./kinds.ts";

/** An absolute path that the provider reads when it runs. In Nix it is a string: path literals are copied to the store. */
export const runtimePath = z
  .string()
  .check(z.regex(/^\/.*$/))
  .register(z.globalRegistry, { "x-nix-type": "runtimePath" });

/** One zod type with its own check. A union of objects would need dozens of zod types, which take 4 ms to create. */
const reference = <Ref>(kinds: SecretKinds) =>
  z.custom<Ref>((value) => flawOf(kinds, value) === undefined, { error: ({ input }) => flawOf(kinds, input) });

/**
 * Reference to a secret. Only the reference crosses the protocol; `resolveSecret` reads the value when it is needed. One
 * trailing newline is not part of the value.
 */
export const secretRef = reference<SecretRef>(allKinds);

/** Reference to a key that decrypts secrets. It must not need another key. */
export const directSecretRef = reference<DirectSecretRef>(directKinds);

/**
 * Reads the value of a secret. `what` describes the secret, such as `the password of role app`. Throws a ProviderError
 * (`secret.*`) that names the reference if the secret cannot be read.
 */
export async function resolveSecret(ref: SecretRef, what: string): Promise<Secret> {
  const { secret, from } = await readSecret(ref, what);
  log.info("secret resolved", { what, from });
  return secret;
}
