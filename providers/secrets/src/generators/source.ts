import { parseStrictly, ProviderError, type Secret, type SecretRef } from "@nixops4-resources/protocol-core";
import { openSecretReader, storePlace, type SecretReader } from "@nixops4-resources/protocol-secrets";
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";
import type { Origin } from "./generator.ts";

/**
 * Which version of which secret a reference means right now. Without a word of a secret that is not there: then there is
 * nothing newer to derive from.
 */
export async function identifySource(ref: SecretRef): Promise<Origin> {
  const { name, version, open } = sourceOf(ref);
  await using store = await open();
  const stored = await store.look(name);
  const found = [stored?.current, stored?.previous].find((one) => one && (version ?? one.version) === one.version);
  if (found != null) return { name, version: found.version, fingerprint: found.fingerprint };
  return version === null ? { name } : { name, version };
}

/** Its value, of the version that was identified. */
export async function revealSource(ref: SecretRef, origin: Origin): Promise<Secret> {
  const { name, open } = sourceOf(ref);
  const version = origin["version"];
  await using store = await open();
  const { value } = await store.reveal(name, typeof version === "number" ? version : null, "a secret derived from it");
  return value;
}

function sourceOf(ref: SecretRef): { name: string; version: number | null; open: () => Promise<SecretReader> } {
  if (!("store" in ref)) {
    throw new ProviderError<ErrorCode>(
      "a value is derived from a secret in a store, and this reference is of another kind",
      {
        code: "secrets.source.kind",
        hint: "Let `source` be the output `ref` of a resource of type `secret`",
      },
    );
  }
  const { name, version = null, ...place } = ref.store;
  const open = async (): Promise<SecretReader> => {
    const { store } = await parseStrictly(z.strictObject({ store: storePlace }), { store: place });
    return await openSecretReader(store);
  };
  return { name, version, open };
}
