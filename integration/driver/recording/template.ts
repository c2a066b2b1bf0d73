import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type Json, type JsonObject } from "../json.ts";

/**
 * A JSON value with gaps: texts in place of unknown values, alone or inside longer strings. An unknown value that is no
 * text, such as an integer or a reference to a secret, is an object with the one key `valueKey`.
 */

/** Key of the object that replaces a value which is no text; its value is the gap's text. */
export const valueKey = "nixops4-resources:value";

/** The values of a gap in two evaluations that differ only in gaps. */
export interface Gap {
  /** The gap's text in the template. */
  readonly text: string;
  readonly first: Json;
  readonly second: Json;
}

/**
 * The template of two values that were computed in the same way from different fillings. Undefined if they differ in
 * another way, which means that a value was computed from a filling, such as its length, or chosen by it.
 */
export function templateOf(first: Json, second: Json, gaps: readonly Gap[]): Json | undefined {
  const template = merge(first, second, gaps);
  const fillings = new Map(gaps.map((gap) => [gap.text, gap.second]));
  return template !== undefined && same(fill(template, fillings), second) ? template : undefined;
}

function merge(first: Json, second: Json, gaps: readonly Gap[]): Json | undefined {
  if (same(first, second)) return first;
  if (typeof first === "string") return textTemplate(first, gaps);
  const whole = gaps.find((gap) => same(gap.first, first) && same(gap.second, second));
  if (whole !== undefined) return { [valueKey]: whole.text };
  if (Array.isArray(first) && Array.isArray(second)) {
    const merged = first.map((item, index) => merge(item, second[index] ?? null, gaps));
    return first.length === second.length ? every(merged) : undefined;
  }
  if (isJsonObject(first) && isJsonObject(second)) {
    const merged = every(
      Object.entries(first).map(([name, value]) => merge(value, second[inSecond(name, second, gaps)] ?? null, gaps)),
    );
    const names = Object.keys(first).map((name) => (Object.hasOwn(second, name) ? name : textTemplate(name, gaps)));
    return merged && Object.fromEntries(names.map((name, index) => [name, merged[index] ?? null]));
  }
  return undefined;
}

function textTemplate(text: string, gaps: readonly Gap[]): string {
  let template = text;
  for (const { text: gap, first } of gaps) {
    if (isWord(first)) template = template.replaceAll(String(first), () => gap);
  }
  return template;
}

/** The name in the second value for a name in the first: an output can be a name, such as the role of a grant. */
function inSecond(name: string, second: JsonObject, gaps: readonly Gap[]): string {
  if (Object.hasOwn(second, name)) return name;
  return fillText(textTemplate(name, gaps), new Map(gaps.map((gap) => [gap.text, gap.second])));
}

/** The value with the known gaps filled. */
export function fill(template: Json, fillings: ReadonlyMap<string, Json>): Json {
  if (typeof template === "string") return fillText(template, fillings);
  if (Array.isArray(template)) return template.map((item) => fill(item, fillings));
  if (!isJsonObject(template)) return template;
  const gap = template[valueKey];
  if (typeof gap === "string") return fillings.get(gap) ?? template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => [fillText(name, fillings), fill(value, fillings)]),
  );
}

export function fillText(template: string, fillings: ReadonlyMap<string, Json>): string {
  let text = template;
  for (const [gap, filling] of fillings) {
    if (isWord(filling)) text = text.replaceAll(gap, () => String(filling));
  }
  return text;
}

/** The gaps among these that a template contains. */
export function gapsIn(template: Json, texts: Iterable<string>): string[] {
  const whole = JSON.stringify(template);
  return [...texts].filter((text) => whole.includes(text));
}

/** Whether the value can be part of a text. */
function isWord(value: Json): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

function every(values: readonly (Json | undefined)[]): Json[] | undefined {
  return values.every((value) => value !== undefined) ? [...values] : undefined;
}

function same(one: Json, other: Json): boolean {
  return isDeepStrictEqual(one, other);
}
