// The text of the attribute with what a deployment declared. account/declared.ts and group/declared.ts have its members.
import { valueOf, type ApiAttribute } from "./graphql/shapes.ts";
import { declaredAttribute, type AttributeValue } from "./marks.ts";

/** What a user or a group says; a value that somebody damaged says nothing. */
export function parseDeclared(holder: { readonly attributes: readonly ApiAttribute[] }): Record<string, unknown> {
  try {
    return Object(JSON.parse(valueOf(holder, declaredAttribute) ?? "{}"));
  } catch {
    return {};
  }
}

export const stringsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

/** Its lists are sorted: the text is the same, whatever the order in which the names were sent or added. */
export const declaredValue = (declared: object): AttributeValue => ({
  name: declaredAttribute,
  value: [JSON.stringify({ v: 1, ...Object.fromEntries(Object.entries(declared).map(sortedList)) })],
});

const sortedList = ([name, value]: [string, unknown]): [string, unknown] => [
  name,
  Array.isArray(value) ? stringsIn(value).toSorted() : value,
];
