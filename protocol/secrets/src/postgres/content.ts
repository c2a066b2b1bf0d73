import { readMark } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { fields, formatVersion, newId, parseContent, secretOf, toBase64 } from "../content.ts";
import type { DataKey } from "../envelope.ts";
import { fingerprintOf, makeFingerprintKey } from "../fingerprint.ts";
import type { Revision } from "./tables.ts";
import type { NewValue, StoredSecret } from "../store.ts";

const versionSchema = z.strictObject({
  version: z.int(),
  id: z.string(),
  generation: z.int(),
  fingerprint: z.string(),
  public: fields.textsByName,
  expiresAt: z.nullable(z.string()),
});

/** Metadata of a secret, without values. The server stores the creation times and the grace period itself. */
const aboutSchema = z.strictObject({
  format: fields.format,
  mark: z.nullable(z.string()),
  specification: fields.specification,
  recipients: fields.texts,
  encryptedTo: fields.texts,
  current: versionSchema,
  previous: z.nullable(versionSchema),
});

const valueSchema = z.strictObject({
  format: fields.format,
  id: z.string(),
  value: fields.bytes,
  fingerprintKey: z.string(),
});

export type About = z.output<typeof aboutSchema>;

// The associated data names the row, so that sealed data opens only there. The texts are part of the format.
const aboutOf = (name: string, revision: number): string => `what is known of secret ${name} in revision ${revision}`;
const valueOf = (name: string, version: number): string => `the value of secret ${name} in version ${version}`;

const seal = (key: DataKey, content: object, what: string): Buffer =>
  key.seal(Buffer.from(JSON.stringify(content)), what);

export const sealAbout = (key: DataKey, about: About, name: string, revision: number): Buffer =>
  seal(key, about, aboutOf(name, revision));

export const openAbout = (key: DataKey, sealed: Uint8Array, name: string, revision: number): About =>
  parseContent(aboutSchema, key.open(sealed, aboutOf(name, revision)).toString());

/** The value, and the id of its version. */
export function openValue(key: DataKey, sealed: Uint8Array, name: string, version: number) {
  const { id, value } = parseContent(valueSchema, key.open(sealed, valueOf(name, version)).toString());
  return { id, value: secretOf(value) };
}

/** The sealed value, and its metadata. */
export function sealValue(key: DataKey, given: NewValue, name: string, version: number) {
  const fingerprintKey = makeFingerprintKey();
  const { value, generation, public: known, expiresAt } = given;
  const id = newId();
  const content = {
    format: formatVersion,
    id,
    value: toBase64(value),
    fingerprintKey: fingerprintKey.toString("base64"),
  };
  return {
    sealed: seal(key, content, valueOf(name, version)),
    about: {
      version,
      id,
      generation,
      fingerprint: fingerprintOf(value, fingerprintKey),
      public: { ...known },
      expiresAt,
    },
  };
}

/** Combines the metadata with what the server stores in clear. */
export function toStored({ name, graceSeconds, createdAt, previousCreatedAt }: Revision, about: About): StoredSecret {
  const { mark, specification, recipients, encryptedTo, current, previous } = about;
  return {
    name,
    mark: readMark(mark),
    specification,
    recipients,
    encryptedTo,
    graceSeconds,
    current: { ...current, createdAt: toText(createdAt) },
    previous: previous && { ...previous, createdAt: toText(previousCreatedAt) },
  };
}

/** `at` is null only if the version does not exist. */
const toText = (at: Date | null): string => at?.toISOString() ?? "";
