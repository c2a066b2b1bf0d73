import { SearchFilter } from "ldapts";
import { and, not, or, type Filter } from "../domain/condition.ts";
import { elementsOf, Malformed, textOf, type Element } from "./ber.ts";
import { LdapFailure } from "./result-code.ts";

/** A filter as the client sent it. */
export type LdapFilter =
  | { readonly kind: "and" | "or"; readonly filters: readonly LdapFilter[] }
  | { readonly kind: "not"; readonly filter: LdapFilter }
  | Condition
  | { readonly kind: "unsupported"; readonly name: string };

/** A condition on one field. */
export type Condition =
  | { readonly kind: "equal"; readonly field: string; readonly value: string }
  | { readonly kind: "present"; readonly field: string }
  /** The pattern is one of SQL's LIKE. */
  | { readonly kind: "like"; readonly field: string; readonly pattern: string };

/** Throws `Malformed`. */
export function decodeFilter(element: Element): LdapFilter {
  switch (element.tag) {
    case SearchFilter.and:
    case SearchFilter.or: {
      const filters = elementsOf(element).map(decodeFilter);
      return { kind: element.tag === SearchFilter.and ? "and" : "or", filters };
    }
    case SearchFilter.not: {
      const [inner] = elementsOf(element);
      if (inner === undefined) throw new Malformed("A negation is empty");
      return { kind: "not", filter: decodeFilter(inner) };
    }
    case SearchFilter.equalityMatch: {
      const [field, value] = elementsOf(element).map(textOf);
      if (field === undefined || value === undefined) throw new Malformed("A comparison is incomplete");
      return { kind: "equal", field, value };
    }
    case SearchFilter.present:
      return { kind: "present", field: textOf(element) };
    case SearchFilter.substrings:
      return decodeSubstrings(elementsOf(element));
    case SearchFilter.greaterOrEqual:
      return { kind: "unsupported", name: "GreaterOrEqual" };
    case SearchFilter.lessOrEqual:
      return { kind: "unsupported", name: "LessOrEqual" };
    case SearchFilter.approxMatch:
      return { kind: "unsupported", name: "Approx" };
    case SearchFilter.extensibleMatch:
      return { kind: "unsupported", name: "Extensible" };
    default:
      throw new Malformed(`No filter has tag ${element.tag}`);
  }
}

const initialTag = 0x80;
const finalTag = 0x82;

/** Source: crates/domain-handlers/src/handler.rs: to_sql_filter, which does not escape wildcards. */
function decodeSubstrings([field, parts]: readonly Element[]): LdapFilter {
  if (field === undefined || parts === undefined) throw new Malformed("A comparison is incomplete");
  const pieces = elementsOf(parts);
  const textWith = (tag: number): string => pieces.filter((piece) => piece.tag === tag).map(textOf)[0] ?? "";
  const middle = pieces.filter(({ tag }) => tag !== initialTag && tag !== finalTag).map(textOf);
  const pattern = [textWith(initialTag), ...middle, textWith(finalTag)].join("%");
  return { kind: "like", field: textOf(field), pattern };
}

/** Combines the conditions of a filter. `subject` names the entries in a message. */
export function convertFilter<Subject>(
  filter: LdapFilter,
  subject: "user" | "group",
  convert: (condition: Condition) => Filter<Subject>,
): Filter<Subject> {
  const inner = (part: LdapFilter): Filter<Subject> => convertFilter(part, subject, convert);
  switch (filter.kind) {
    case "and":
      return and(filter.filters.map(inner));
    case "or":
      return or(filter.filters.map(inner));
    case "not":
      return not(inner(filter.filter));
    case "unsupported":
      throw new LdapFailure("unwillingToPerform", `Unsupported ${subject} filter: ${filter.name}`);
    case "equal":
    case "present":
    case "like":
    default:
      return convert(filter);
  }
}
