import { encodeMark, ProviderError, type Mark } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ErrorCode } from "./errors.ts";
import type { Specification } from "./store.ts";

/** Of everything that a store encrypts; what has a higher number comes from a later version of this suite. */
export const formatVersion = 1;

// Checked by hand: zod's own types of lists and records would be loaded by every process, as all that two chunks need.
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const areTexts = (values: unknown[]): boolean => values.every((value) => typeof value === "string");

/** Types of fields that the stores' contents have. */
export const fields = {
  format: z.custom<typeof formatVersion>((value) => value === formatVersion),
  specification: z.custom<Specification>(isObject),
  texts: z.custom<string[]>((value) => Array.isArray(value) && areTexts(value)),
  textsByName: z.custom<Record<string, string>>((value) => isObject(value) && areTexts(Object.values(value))),
};

export const markText = (mark: Mark | null | undefined): string | null =>
  mark === null || mark === undefined ? null : encodeMark(mark);

/** The JSON that a store has encrypted. Throws where the text is something else; none of it is repeated. */
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
    hint: "Update this one",
  });
}

function notOurs(): ProviderError {
  return new ProviderError<ErrorCode>("what is encrypted there was not written by this store", {
    code: "secret.encrypted.damaged",
    hint: "Put back the last good copy; a secret of another program comes in by `nixops4-resources-secrets import`",
  });
}
