import { parseStrictly, ProviderError, type Secret, type SecretRef } from "@nixops4-resources/protocol-core";
import { openSecretReader, storePlace, type SecretReader } from "@nixops4-resources/protocol-secrets";
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";
import type { Origin } from "./generator.ts";

/**
 * The version of the secret to which a reference currently points. A missing secret is no error here: there is nothing
 * newer to derive from.
 */
export async function identifySource(ref: SecretRef): Promise<Origin> {
  const { name, version, id, open } = sourceOf(ref);
  await using store = await open();
  const stored = await store.look(name);
  const found = [stored?.current, stored?.previous].find(
    (one) => one && (version ?? one.version) === one.version && (id ?? one.id) === one.id,
  );
  if (found != null) return { name, version: found.version, fingerprint: found.fingerprint };
  return version === null ? { name } : { name, version };
}

/** The value of the identified version. */
export async function revealSource(ref: SecretRef, origin: Origin): Promise<Secret> {
  const { name, id, open } = sourceOf(ref);
  const version = origin["version"];
  await using store = await open();
  const purpose = "a secret derived from it";
  const { value } = await store.reveal(name, typeof version === "number" ? version : null, purpose, id);
  return value;
}

interface VersionedSource {
  readonly name: string;
  readonly version: number | null;
  readonly id: string | null;
  readonly open: () => Promise<SecretReader>;
}

function sourceOf(ref: SecretRef): VersionedSource {
  if (!("store" in ref)) {
    throw new ProviderError<ErrorCode>(
      "the source of a derived value must be in a store, but this reference is of another kind",
      {
        code: "secrets.source.kind",
        hint: "Set `source` to the output `ref` of a resource of type `secret`",
      },
    );
  }
  const { name, version = null, id = null, ...place } = ref.store;
  const open = async (): Promise<SecretReader> => {
    const { store } = await parseStrictly(z.strictObject({ store: storePlace }), { store: place });
    return await openSecretReader(store);
  };
  return { name, version, id, open };
}
