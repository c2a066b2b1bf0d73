import * as z from "zod/mini";
import { currentContext } from "../request/context.ts";
import { log } from "../report/log.ts";
import { readSecret } from "./read-secret.ts";
import type { DirectSecretRef, SecretRef } from "./ref-types.ts";
import { Secret } from "./secret.ts";
import { isObject } from "../wire/wire.ts";
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
 * Where a secret is to be found. Only the reference crosses the protocol; `resolveSecret` reads the value at the moment of
 * its use.
 */
export const secretRef = reference<SecretRef>(allKinds);

/** Reference to a key that decrypts secrets. It must not need another key. */
export const directSecretRef = reference<DirectSecretRef>(directKinds);

/**
 * The value of a secret. `what` says whose it is, such as `the password of role app`. A request reads each reference once,
 * however often it asks: a command may ask for a PIN or be recorded, and all steps of a request use the same value.
 * Throws a ProviderError (`secret.*`) that names the reference if it cannot be read.
 */
export async function resolveSecret(ref: SecretRef, what: string): Promise<Secret> {
  const { resolutions } = currentContext();
  if (resolutions === undefined) return await resolveNow(ref, what);
  const key = canonical(ref);
  const resolution = resolutions.get(key) ?? resolveNow(ref, what);
  resolutions.set(key, resolution);
  return new Secret((await resolution).revealBytes(), what);
}

async function resolveNow(ref: SecretRef, what: string): Promise<Secret> {
  const { secret, from } = await readSecret(ref, what);
  log.info("secret resolved", { what, from });
  return secret;
}

/** Equal for equal references, whatever the order of their fields. */
const canonical = (ref: SecretRef): string =>
  JSON.stringify(ref, (_name, value: unknown) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
