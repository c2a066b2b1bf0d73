/**
 * JSON whose numbers keep their spelling. JavaScript reads `1.0` as 1 and 9223372036854775807 as a neighbour of it; for
 * NixOps4, which compares what a state remembers with what Nix says, these are changes.
 */
export type ExactJson = null | boolean | number | string | RawNumber | ExactJson[] | ExactObject;
export type ExactObject = { [name: string]: ExactJson };

/** A number that JavaScript would write in another way; `JSON.stringify` writes it as it was. */
export interface RawNumber {
  readonly rawJSON: string;
}

/** Whether it stands for a number, and is no object of a document that merely looks like one. */
export const isRawNumber = (value: unknown): value is RawNumber => JSON.isRawJSON(value);

export const isExactObject = (value: unknown): value is ExactObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isRawNumber(value);

/** Parses a JSON text so that `JSON.stringify` gives every number back as it stood there. Throws SyntaxError. */
export function parseExact(text: string): ExactJson {
  if (!mayChange.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_name, value: ExactJson, { source }) =>
    typeof value === "number" && source !== undefined && String(value) !== source ? JSON.rawJSON(source) : value,
  );
}

/**
 * A fraction, an exponent, sixteen digits, a negative zero: what JavaScript may write in another way. In the text of a
 * string it costs only the time of looking (ten times that of a plain parse).
 */
const mayChange = /(?:^|[:,[])\s*-?(?:\d+[.eE]|\d{16}|(?<=-)0)/;

// https://github.com/tc39/proposal-json-parse-with-source, which TypeScript's libraries do not know yet.
declare global {
  interface JSON {
    parse(text: string, reviver: (name: string, value: ExactJson, context: { source?: string }) => unknown): ExactJson;
    rawJSON(text: string): RawNumber;
    isRawJSON(value: unknown): boolean;
  }
}
