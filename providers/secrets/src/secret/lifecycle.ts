// What every type does whose thing is a secret in a store: `secret`, and those that know their generator themselves.
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
    "Name of the secret in its store, such as `shop/db-password`. Another name is another secret.",
  ),
  generation: option(
    z.int().check(z.minimum(1), z.maximum(1_000_000)),
    "Raise it to rotate the secret: a new value is made, and the old one can be read for `graceSeconds` more. It cannot be lowered.",
    1,
  ),
  recipients: option(
    z.array(z.string().check(z.minLength(1))),
    "Who else can read it: recipients of age (`age1...`) and SSH public keys (`ssh-ed25519 ...`, `ssh-rsa ...`), in any number. The identity of the connection always can.",
    [],
  ),
  graceSeconds: option(
    z.int().check(z.minimum(0), z.maximum(31_536_000)),
    "How long the previous value can still be read after a rotation, in seconds.",
    86_400,
  ),
};

export const secretOutputs = {
  ref: option(
    secretRef,
    "Reference to this version of the secret, for the inputs of other resources. A rotation changes it, so that NixOps4 updates all who take it.",
  ),
  version: option(z.int(), "Number of the version; the first is 1."),
  fingerprint: option(
    z.string(),
    "Tells two values apart and nothing about them: 16 hexadecimal digits of a keyed hash, whose key lies with the value.",
  ),
  createdAt: option(z.string(), "When this version was made, in ISO 8601."),
};

export const immutable = {
  name: "The secret under the old name would stay in the store: declare a new resource, move its readers to it and destroy this one",
};

export const leastRights =
  "For a directory, the user who runs nixops4 owns the folder and can read the identity. Who only reads references needs the same without the right to write. In PostgreSQL the account is a member of `<schema>_writer`, or of `<schema>_reader` where it only reads; who makes the store has CREATEROLE, and CREATE on the database.";

export type WantedSecret = Values<typeof secretInputs>;

/** What is there, without its value. */
export interface FoundSecret {
  readonly stored: StoredSecret;
  /** What was given, where that made the value; else what did. */
  readonly madeBy: Given;
}

/** Undefined where the store says that there is no such secret. `given` is the generator that is wanted. */
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
  const { version, fingerprint, createdAt } = current;
  if (store === null) throw new TypeError("A secret was found without a store");
  return { ref: { store: { name, version, ...store } }, version, fingerprint, createdAt };
}

/** A value is never made anew by the way: only a raised generation asks for it, and none that was there comes back. */
export function refusal(
  want: WantedSecret,
  given: Given,
  seen: { generation: unknown; madeBy: unknown },
): ProviderError | undefined {
  const generation = Number(seen.generation);
  if (want.generation < generation) {
    return new ProviderError<ErrorCode>(`\`generation\` cannot be lowered from ${generation} to ${want.generation}`, {
      code: "secrets.generation.lowered",
      hint: `Set \`generation = ${generation}\`, or a higher one to rotate the secret`,
    });
  }
  if (want.generation > generation || isMadeBy(given, asGiven(seen.madeBy))) return undefined;
  return new ProviderError<ErrorCode>("another generator is wanted than the one that made the value", {
    code: "secrets.generator.changed",
    hint: `Set \`generation = ${generation + 1}\` to have a new value made by it, or take the change back to keep the value`,
  });
}

export async function createSecret(store: SecretWriter, want: WantedSecret, given: Given, mark: Mark): Promise<void> {
  const { name, recipients, graceSeconds } = want;
  await store.create({ name, mark, recipients, graceSeconds, ...(await makeValue(want, given)) });
}

/** `version` is the current one that was seen; a new one follows it where `remake` says so. */
export async function updateSecret(
  store: SecretWriter,
  want: WantedSecret,
  given: Given,
  { changed, version, remake }: { changed: ReadonlySet<string>; version: number; remake: boolean },
): Promise<void> {
  const { name, recipients, graceSeconds } = want;
  if (changed.has("recipients") || changed.has("graceSeconds")) await store.change(name, { recipients, graceSeconds });
  // Where somebody was faster nothing is written: the look afterwards tells whether they wanted the same.
  if (remake) await store.addVersion(name, version, await makeValue(want, given));
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
