// Common part of the types that are a secret in a store: `secret`, and types with a fixed generator.
import {
  option,
  ProviderError,
  Secret,
  secretRef,
  type Listed,
  type Mark,
  type Values,
} from "@nixops4-resources/protocol-core";
import {
  secretName,
  type NewValue,
  type SecretReader,
  type SecretWriter,
  type StoredSecret,
} from "@nixops4-resources/protocol-secrets";
import * as z from "zod/mini";
import type { Connection } from "../connection.ts";
import type { ErrorCode } from "../errors.ts";
import type { Given } from "../generators/generators.ts";
import { asGiven, generate, isMadeBy, isMadeFromSame } from "./specification.ts";

export const secretInputs = {
  name: option(
    secretName,
    "Name of the secret in its store, such as `shop/db-password`. Changing the name declares a different secret.",
  ),
  generation: option(
    z.int().check(z.minimum(1), z.maximum(1_000_000)),
    "Generation of the value. Raise it to rotate the secret: a new value is generated, and the old one stays readable for `graceSeconds`. It cannot be lowered.",
    1,
  ),
  recipients: option(
    z.array(z.string().check(z.minLength(1))),
    "Additional keys that can decrypt the secret: age recipients (`age1...`) and SSH public keys (`ssh-ed25519 ...`, `ssh-rsa ...`). The identity of the connection always can.",
    [],
  ),
  graceSeconds: option(
    z.int().check(z.minimum(0), z.maximum(31_536_000)),
    "Time in which the previous value stays readable after a rotation, in seconds.",
    86_400,
  ),
};

export const secretOutputs = {
  ref: option(
    secretRef,
    "Reference to this version of the secret, for the inputs of other resources. A rotation changes it, so that NixOps4 updates every resource that uses it.",
  ),
  version: option(z.int(), "Number of the version; the first is 1."),
  fingerprint: option(
    z.string(),
    "Fingerprint that changes with each version and reveals nothing about the value: 16 hexadecimal digits of a keyed hash. The key is stored with the value.",
  ),
  createdAt: option(z.string(), "Creation time of this version, in ISO 8601."),
};

export const immutable = {
  name: "The secret under the old name would stay in the store: declare a new resource, move its readers to it and destroy this one",
};

export const leastRights =
  "Directory store: the user who runs nixops4 must own the folder and have read access to the identity. Resolving references needs no write access. PostgreSQL store: the account needs the role `<schema>_writer`, or `<schema>_reader` to only read. Creating the store needs CREATEROLE, and CREATE on the database.";

export type WantedSecret = Values<typeof secretInputs>;

/** An existing secret, without its value. */
export interface FoundSecret {
  readonly stored: StoredSecret;
  /** The wanted generator if it created the value; else the stored specification. */
  readonly madeBy: Given;
}

/** Undefined if the store confirms that the secret does not exist. `given` is the wanted generator. */
export async function findSecret(
  store: SecretReader,
  { name }: WantedSecret,
  given: Given,
): Promise<FoundSecret | undefined> {
  const stored = await store.look(name);
  if (stored === undefined) return undefined;
  const before = asGiven(stored.specification);
  const isUnchanged = isMadeBy(given, before) && (await isMadeFromSame(given, before));
  return { stored, madeBy: isUnchanged ? given : before };
}

export const currentInputs = ({ stored: { name, recipients, graceSeconds, current } }: FoundSecret): WantedSecret => ({
  name,
  generation: current.generation,
  recipients: [...recipients],
  graceSeconds,
});

export function currentOutputs(
  { stored: { name, current } }: FoundSecret,
  { store }: Connection,
): Values<typeof secretOutputs> {
  const { version, id, fingerprint, createdAt } = current;
  if (store === null) throw new TypeError("A secret was found without a store");
  return { ref: { store: { name, version, id, ...store } }, version, fingerprint, createdAt };
}

/**
 * A value is never regenerated as a side effect: only a higher generation does so. A replaced value never comes back.
 */
export function refusal(
  want: WantedSecret,
  given: Given,
  seen: { generation: unknown; madeBy: unknown },
): ProviderError | undefined {
  const generation = Number(seen.generation);
  if (want.generation < generation) {
    return new ProviderError<ErrorCode>(`\`generation\` cannot be lowered from ${generation} to ${want.generation}`, {
      code: "secrets.generation.lowered",
      hint: `Set \`generation = ${generation}\`, or a higher number to rotate the secret`,
    });
  }
  if (want.generation > generation || isMadeBy(given, asGiven(seen.madeBy))) return undefined;
  return new ProviderError<ErrorCode>("the generator differs from the one that created the value", {
    code: "secrets.generator.changed",
    hint: `Set \`generation = ${generation + 1}\` to generate a new value, or undo the change to keep the current value`,
  });
}

export async function createSecret(store: SecretWriter, want: WantedSecret, given: Given, mark: Mark): Promise<void> {
  const { name, recipients, graceSeconds } = want;
  await store.create({ name, mark, recipients, graceSeconds, ...(await makeValue(want, given)) });
}

/**
 * `version` is the current version that was seen, and `mark` the mark that the secret carries now. `remake` asks for a new
 * version after it.
 */
export async function updateSecret(
  store: SecretWriter,
  want: WantedSecret,
  given: Given,
  { changed, version, remake, mark }: { changed: ReadonlySet<string>; version: number; remake: boolean; mark: Mark },
): Promise<void> {
  const { name, recipients, graceSeconds } = want;
  if (changed.has("recipients") || changed.has("graceSeconds")) {
    await store.change(name, { recipients, graceSeconds }, { mark });
  }
  // If another process was faster, nothing is written; the lookup afterwards shows whether it wanted the same.
  if (remake) await store.addVersion(name, version, await makeValue(want, given), { mark });
}

async function makeValue({ generation }: WantedSecret, given: Given): Promise<NewValue> {
  const { value, ...made } = await generate(given);
  return { ...made, value: new Secret(value), generation };
}

export async function listSecrets(store: SecretReader, type: string, managedBy: string): Promise<Listed[]> {
  const secrets = await store.list();
  return secrets.flatMap(({ name, mark }) =>
    mark?.managedBy === managedBy && mark.type === type ? [{ label: name, inputs: { name }, mark }] : [],
  );
}
