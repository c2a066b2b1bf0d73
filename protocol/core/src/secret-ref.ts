import * as z from "zod/mini";
import { log } from "./log.ts";
import { readSecret } from "./read-secret.ts";
import type { Secret } from "./secret.ts";
import { isObject } from "./wire.ts";

/** An absolute path that is read when the provider runs; in Nix a string, never a path literal, which would be copied to the store. */
export const runtimePath = z
  .string()
  .check(z.regex(/^\/.*$/))
  .register(z.globalRegistry, { "x-nix-type": "runtimePath" });

/** Each kind of reference: how JSON Schema writes it, and what it is in words. */
const kinds = {
  file: {
    schema: { type: "string", pattern: "^/.*$", "x-nix-type": "runtimePath" },
    description: "File that holds the secret. Only its owner may read it (mode 0600 or less).",
    words: "an absolute path",
  },
  env: {
    schema: { type: "string", pattern: "^[A-Za-z_][A-Za-z0-9_]*$" },
    description: "Environment variable of the provider's process that holds the secret.",
    words: "the name of a variable",
  },
  credential: {
    schema: { type: "string", pattern: "^[A-Za-z0-9_][A-Za-z0-9_.-]*$" },
    description: "Name of a systemd credential (LoadCredential=): a file in $CREDENTIALS_DIRECTORY.",
    words: "the name of a credential",
  },
  command: {
    schema: { type: "array", items: { type: "string" }, minItems: 1 },
    description: "Program and arguments, run without a shell; what it prints is the secret.",
    words: "a list of a program and its arguments",
  },
} as const;

export type SecretRef = { file: string } | { env: string } | { credential: string } | { command: string[] };

/**
 * Where a secret is to be found. Only the reference crosses the protocol; `resolveSecret` reads the value at the moment of
 * its use. One trailing newline is not part of the value.
 *
 * One type with a check of its own, not a union of four objects: that would be 25 zod types, which take 4 ms to make.
 */
export const secretRef = z
  .custom<SecretRef>((value) => flaw(value) === undefined, { error: ({ input }) => flaw(input) })
  .register(z.globalRegistry, {
    id: "SecretRef",
    description: "Reference to a secret; the value itself never enters Nix, the protocol or the state.",
    "x-nix-type": "secretRef",
    anyOf: Object.entries(kinds).map(([kind, { schema, description }]) => ({
      type: "object",
      properties: { [kind]: { ...schema, description } },
      required: [kind],
      additionalProperties: false,
    })),
  });

/** What a value should be that is no reference, without a word of the value; undefined for a good one. */
function flaw(value: unknown): string | undefined {
  const [kind = "", ...others] = isObject(value) ? Object.keys(value) : [];
  if (!isObject(value) || !isKind(kind) || others.length > 0) {
    return `an object with exactly one of ${Object.keys(kinds)
      .map((name) => `\`${name}\``)
      .join(", ")}`;
  }
  const { schema, words } = kinds[kind];
  const given = value[kind];
  const isGood =
    "pattern" in schema
      ? typeof given === "string" && new RegExp(schema.pattern).test(given)
      : Array.isArray(given) && given.length > 0 && given.every((part) => typeof part === "string");
  return isGood ? undefined : `a reference whose \`${kind}\` is ${words}`;
}

const isKind = (name: string): name is keyof typeof kinds => Object.hasOwn(kinds, name);

/**
 * The value of a secret. `what` says whose it is, such as `the password of role app`.
 * Throws a ProviderError (`secret.*`) that names the reference where it cannot be read.
 */
export async function resolveSecret(ref: SecretRef, what: string): Promise<Secret> {
  const { secret, from } = await readSecret(ref, what);
  log.info("secret resolved", { what, from });
  return secret;
}
