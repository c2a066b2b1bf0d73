import { option, ProviderError, secretRef, withExample, type Values } from "@nixops4-resources/protocol-core";
import { secretName, storePlace } from "@nixops4-resources/protocol-secrets";
import * as z from "zod/mini";
import type { Connection } from "../connection.ts";
import type { Claimant } from "../named/choose.ts";
import { printableName } from "../named/name.ts";

const importedKey = z.strictObject({
  accessKeyId: option(
    secretRef,
    "Id of the key: 8 or more characters of A-Z, a-z, 0-9, hyphen, underscore and dot. Before Garage 2.3, `GK` and 24 hexadecimal digits.",
  ),
  secretAccessKey: option(
    secretRef,
    "Secret of the key: 16 or more printable ASCII characters. Before Garage 2.3, 64 hexadecimal digits.",
  ),
});

export const inputs = {
  name: option(
    printableName,
    "Name of the key: 1 to 128 printable characters. Changing the name declares a different key. In Garage a second line of the name is the mark of the deployment.",
  ),
  imported: option(
    z.nullable(importedKey),
    "Id and secret of the key, generated elsewhere: the recommended way, since every apply then finds the key by its id. Garage never accepts the id of a deleted key again. Null lets Garage generate the key; then set `store`.",
    null,
  ),
  store: option(
    z.nullable(storePlace),
    "Secret store for the secret of a key that Garage generates. Changing the store leaves a copy in the old one. Since names are not unique in Garage, apply such a key through one admin endpoint only. Null with `imported`.",
    null,
  ),
  secretName: option(
    z.nullable(secretName),
    "Name of the secret in `store`, such as `media/s3-secret`. Null with `imported`.",
    null,
  ),
  disabled: option(
    z.nullable(z.boolean()),
    "Whether Garage rejects every S3 request with the key. True sets its expiration to the present; false removes the expiration. Null does not manage it. Needs Garage 2.0.",
    null,
  ),
  allowCreateBucket: option(
    z.nullable(z.boolean()),
    "Whether the key may create buckets by S3. Null does not manage it.",
    null,
  ),
};

export const outputs = {
  accessKeyId: option(withExample(z.string(), "GK31c2f218a2e44f485b94239e"), "Id of the key, for S3 clients."),
  secretAccessKey: option(
    z.nullable(secretRef),
    "Reference to the secret of the key: to its version in `store`, or the one in `imported`. Null only in the answer to a read, if the store does not have the secret yet.",
  ),
};

export type Inputs = Values<typeof inputs>;
export type Outputs = Values<typeof outputs>;
export type Wanted = Inputs & Claimant & { readonly connection: Connection };

/** Why the inputs contradict each other; undefined if they do not. */
export function contradiction({ imported, store, secretName: name }: Inputs): ProviderError | undefined {
  if ((imported === null) === (store === null)) {
    const given = imported === null ? "neither `imported` nor `store` is set" : "`imported` and `store` are both set";
    return invalid(
      given,
      "Set exactly one of them: `imported` for a key with a known secret, `store` for one that Garage generates",
    );
  }
  if ((store === null) === (name === null)) return undefined;
  const given = store === null ? "`secretName` is set without `store`" : "`store` is set without `secretName`";
  return invalid(given, store === null ? "Leave out `secretName`" : "Set `secretName`, such as `media/s3-secret`");
}

const invalid = (reason: string, hint: string): ProviderError =>
  new ProviderError(reason, { code: "protocol.inputs.invalid", hint });
