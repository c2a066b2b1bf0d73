import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type Json, type JsonObject } from "../json.ts";

/**
 * A JSON value with gaps: texts that stand for values which are not known yet, alone or inside longer strings. Any
 * other value that is not known, such as an integer or a reference to a secret, is an object with the one key `valueKey`.
 */

/** Stands where a whole value was that is no text, with the gap's text. */
export const valueKey = "nixops4-resources:value";

/** A gap as it looked in two evaluations that differed in nothing else. */
export interface Gap {
  /** What marks it in the template. */
  readonly text: string;
  readonly first: Json;
  readonly second: Json;
}

/**
 * The template of two values that were computed the same way from different fillings; undefined where they differ in
 * another way than by them, so where something was computed from a filling (its length, say, or a field of it) or chosen
 * by it.
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

/** What a name of the first value is in the second: an output can be a name, as of the role that a grant is for. */
function inSecond(name: string, second: JsonObject, gaps: readonly Gap[]): string {
  if (Object.hasOwn(second, name)) return name;
  return fillText(textTemplate(name, gaps), new Map(gaps.map((gap) => [gap.text, gap.second])));
}

/** The value with every gap filled that has a filling. */
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

/** Which of these gaps a template has. */
export function gapsIn(template: Json, texts: Iterable<string>): string[] {
  const whole = JSON.stringify(template);
  return [...texts].filter((text) => whole.includes(text));
}

/** What can stand inside a text. */
function isWord(value: Json): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

function every(values: readonly (Json | undefined)[]): Json[] | undefined {
  return values.every((value) => value !== undefined) ? [...values] : undefined;
}

function same(one: Json, other: Json): boolean {
  return isDeepStrictEqual(one, other);
}
