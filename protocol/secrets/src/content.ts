import { randomBytes } from "node:crypto";
import { encodeMark, ProviderError, Secret, type Mark } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ErrorCode } from "./errors.ts";
import type { Specification } from "./store.ts";

/** Format of everything that a store encrypts. A higher number means that a later version of this suite wrote it. */
export const formatVersion = 1;

// Custom checks: zod's types for lists and records would become part of the chunk that every process loads.
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const areTexts = (values: unknown[]): boolean => values.every((value) => typeof value === "string");

/** Schemas of fields that several stores use. */
export const fields = {
  format: z.custom<typeof formatVersion>((value) => value === formatVersion),
  specification: z.custom<Specification>(isObject),
  /** Bytes in base64. Checked, since Node skips what is not base64. */
  bytes: z.custom<string>(
    (value) => typeof value === "string" && Buffer.from(value, "base64").toString("base64") === value,
  ),
  texts: z.custom<string[]>((value) => Array.isArray(value) && areTexts(value)),
  textsByName: z.custom<Record<string, string>>((value) => isObject(value) && areTexts(Object.values(value))),
};

/** Id of a version. Never derived from the value, so that it reveals nothing. */
export const newId = (): string => randomBytes(16).toString("hex");

export const markText = (mark: Mark | null | undefined): string | null =>
  mark === null || mark === undefined ? null : encodeMark(mark);

/** A value as the stores write it: always base64, so that text and other bytes cannot be confused. */
export const toBase64 = (value: Secret): string => value.revealBytes().toString("base64");

export const secretOf = (base64: string): Secret => new Secret(Buffer.from(base64, "base64"));

/** Parses JSON that a store encrypted. Throws for any other text, without quoting it. */
export function parseContent<Schema extends z.ZodMiniType>(schema: Schema, text: string): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notOurs();
  }
  const result = schema.safeParse(value);
  if (!result.success) throw hasLaterFormat(value) ? later() : notOurs();
  return result.data;
}

const hasLaterFormat = (value: unknown): boolean => isObject(value) && Number(value["format"]) > formatVersion;

function later(): ProviderError {
  return new ProviderError<ErrorCode>("a later version of nixops4-resources wrote it", {
    code: "secret.encrypted.later",
    hint: "Update nixops4-resources on this machine",
  });
}

function notOurs(): ProviderError {
  return new ProviderError<ErrorCode>("the decrypted content was not written by this store", {
    code: "secret.encrypted.damaged",
    hint: "Restore the last good copy; to add a secret of another program, run `nixops4-resources-secrets import`",
  });
}
