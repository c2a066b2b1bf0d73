/**
 * JSON whose numbers keep their spelling. JavaScript reads `1.0` as 1 and rounds 9223372036854775807. NixOps4 compares the
 * numbers of a state with those of Nix, so it would see both as changes.
 */
export type ExactJson = null | boolean | number | string | RawNumber | ExactJson[] | ExactObject;
export type ExactObject = { [name: string]: ExactJson };

/** A number that JavaScript would write differently; `JSON.stringify` writes its original spelling. */
export interface RawNumber {
  readonly rawJSON: string;
}

/** Whether the value represents a number. False for an object of the document that only looks like a RawNumber. */
export const isRawNumber = (value: unknown): value is RawNumber => JSON.isRawJSON(value);

export const isExactObject = (value: unknown): value is ExactObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isRawNumber(value);

/** Parses a JSON text so that `JSON.stringify` writes every number as it was. Throws SyntaxError. */
export function parseExact(text: string): ExactJson {
  if (!mayChange.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_name, value: ExactJson, { source }) =>
    typeof value === "number" && source !== undefined && String(value) !== source ? JSON.rawJSON(source) : value,
  );
}

/**
 * Matches numbers that JavaScript may write differently: a fraction, an exponent, sixteen digits, a negative zero. A match
 * inside a string only costs time, since the exact parse takes ten times as long.
 */
const mayChange = /(?:^|[:,[])\s*-?(?:\d+[.eE]|\d{16}|(?<=-)0)/;

// https://github.com/tc39/proposal-json-parse-with-source, which TypeScript's libraries do not declare yet.
declare global {
  interface JSON {
    parse(text: string, reviver: (name: string, value: ExactJson, context: { source?: string }) => unknown): ExactJson;
    rawJSON(text: string): RawNumber;
    isRawJSON(value: unknown): boolean;
  }
}
