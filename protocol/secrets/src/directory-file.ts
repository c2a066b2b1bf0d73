import { encodeMark, ProviderError, readMark, Secret, type Mark } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ErrorCode } from "./errors.ts";
import { fingerprintOf, makeFingerprintKey } from "./fingerprint.ts";
import type { NewValue, SecretVersion, Specification, StoredSecret } from "./store.ts";

const formatVersion = 1;

// Checked by hand: zod's own types of lists and records would be loaded by every process, as all that two chunks need.
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const areTexts = (values: unknown[]): boolean => values.every((value) => typeof value === "string");
const texts = z.custom<string[]>((value) => Array.isArray(value) && areTexts(value));
const textsByName = z.custom<Record<string, string>>((value) => isObject(value) && areTexts(Object.values(value)));

const versionSchema = z.strictObject({
  version: z.int(),
  generation: z.int(),
  fingerprint: z.string(),
  fingerprintKey: z.string(),
  public: textsByName,
  createdAt: z.string(),
  expiresAt: z.nullable(z.string()),
  value: z.string(),
});

/** What is in a secret's file, encrypted: all that is known of it. */
const contentSchema = z.strictObject({
  format: z.custom<typeof formatVersion>((value) => value === formatVersion),
  name: z.string(),
  mark: z.nullable(z.string()),
  specification: z.custom<Specification>(isObject),
  recipients: texts,
  encryptedTo: texts,
  graceSeconds: z.int(),
  current: versionSchema,
  previous: z.nullable(versionSchema),
});

export type Content = z.output<typeof contentSchema>;
export type VersionContent = z.output<typeof versionSchema>;

export const toText = (given: Content): string => `${JSON.stringify(given, null, 2)}\n`;

/** Throws where the text is not what `toText` wrote for a secret of this name; none of it is repeated. */
export function parseContent(text: string, name: string): Content {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notOurs();
  }
  const result = contentSchema.safeParse(value);
  if (!result.success) throw hasLaterFormat(value) ? later() : notOurs();
  if (result.data.name !== name) {
    throw new ProviderError<ErrorCode>(`its file is a copy of the one of ${result.data.name}`, {
      code: "secret.encrypted.moved",
      hint: `Put back the file of ${name}, or remove this one to have a new value made`,
    });
  }
  return result.data;
}

/** What a new version is written as. */
export function newVersion(number: number, { value, generation, public: known, expiresAt }: NewValue): VersionContent {
  const key = makeFingerprintKey();
  return {
    version: number,
    generation,
    fingerprint: fingerprintOf(value, key),
    fingerprintKey: key.toString("base64"),
    public: { ...known },
    createdAt: new Date().toISOString(),
    expiresAt,
    value: value.reveal(),
  };
}

/** What may be known of it: field by field, so that nothing of a value slips in. */
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
  const { version, generation, fingerprint, public: known, createdAt, expiresAt } = content;
  return { version, generation, fingerprint, public: known, createdAt, expiresAt };
}

export const markText = (mark: Mark | null | undefined): string | null =>
  mark === null || mark === undefined ? null : encodeMark(mark);

export const valueOf = ({ value }: VersionContent): Secret => new Secret(value);

const hasLaterFormat = (value: unknown): boolean => isObject(value) && Number(value["format"]) > formatVersion;

function later(): ProviderError {
  return new ProviderError<ErrorCode>("a later version of nixops4-resources wrote it", {
    code: "secret.encrypted.later",
    hint: "Update this one",
  });
}

function notOurs(): ProviderError {
  return new ProviderError<ErrorCode>("what is encrypted in its file was not written by this store", {
    code: "secret.encrypted.damaged",
    hint: "Put back the last good copy; a secret of another program comes in by `nixops4-resources-secrets import`",
  });
}
