import { ProviderError, readMark, type Secret } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { fields, newId, parseContent, secretOf, toBase64 } from "../content.ts";
import type { ErrorCode } from "../errors.ts";
import { fingerprintOf, makeFingerprintKey } from "../fingerprint.ts";
import type { NewValue, SecretVersion, StoredSecret } from "../store.ts";

const versionSchema = z.strictObject({
  version: z.int(),
  id: z.string(),
  generation: z.int(),
  fingerprint: z.string(),
  fingerprintKey: z.string(),
  public: fields.textsByName,
  createdAt: z.string(),
  expiresAt: z.nullable(z.string()),
  value: fields.bytes,
});

/** The content of a secret's file, before encryption. */
const contentSchema = z.strictObject({
  format: fields.format,
  name: z.string(),
  mark: z.nullable(z.string()),
  specification: fields.specification,
  recipients: fields.texts,
  encryptedTo: fields.texts,
  graceSeconds: z.int(),
  current: versionSchema,
  previous: z.nullable(versionSchema),
});

export type Content = z.output<typeof contentSchema>;
export type VersionContent = z.output<typeof versionSchema>;

export const toText = (given: Content): string => `${JSON.stringify(given, null, 2)}\n`;

/** Throws unless `toText` wrote the text for a secret of this name. The error quotes nothing of the text. */
export function parseFile(text: string, name: string): Content {
  const content = parseContent(contentSchema, text);
  if (content.name === name) return content;
  throw new ProviderError<ErrorCode>(`its file is a copy of the file of secret ${content.name}`, {
    code: "secret.encrypted.moved",
    hint: `Restore the file of ${name}, or remove this file and apply to generate a new value`,
  });
}

export function newVersion(number: number, { value, generation, public: known, expiresAt }: NewValue): VersionContent {
  const key = makeFingerprintKey();
  return {
    version: number,
    id: newId(),
    generation,
    fingerprint: fingerprintOf(value, key),
    fingerprintKey: key.toString("base64"),
    public: { ...known },
    createdAt: new Date().toISOString(),
    expiresAt,
    value: toBase64(value),
  };
}

/** The metadata of a secret. Fields are copied one by one, so that no value can slip in. */
export function withoutValues(content: Content): StoredSecret {
  const { name, specification, recipients, encryptedTo, graceSeconds, current, previous } = content;
  return {
    name,
    mark: readMark(content.mark),
    specification,
    recipients,
    encryptedTo,
    graceSeconds,
    current: withoutValue(current),
    previous: previous === null ? null : withoutValue(previous),
  };
}

function withoutValue(content: VersionContent): SecretVersion {
  const { version, id, generation, fingerprint, public: known, createdAt, expiresAt } = content;
  return { version, id, generation, fingerprint, public: known, createdAt, expiresAt };
}

export const valueOf = ({ value }: VersionContent): Secret => secretOf(value);
