import { asciiLower } from "../domain/letter-case.ts";
import { Panic } from "../domain/panic.ts";
import { LdapFailure } from "./result-code.ts";

type Pair = readonly [attribute: string, value: string];

/** The pairs of a distinguished name, without any escapes. Source: crates/ldap/src/core/utils.rs: parse_distinguished_name */
export function parseDn(dn: string): Pair[] {
  if (dn !== asciiLower(dn)) throw new Panic("A distinguished name has upper-case letters");
  return dn.split(",").map((element) => {
    const [attribute = "", value, excess] = element.split("=").map((part) => part.trim());
    if (value === undefined) throw new LdapFailure("invalidDnSyntax", "Missing DN value");
    if (excess === undefined) return [attribute, value];
    const pieces = [attribute, value, excess].map((piece) => `"${piece}"`).join(", ");
    throw new LdapFailure("invalidDnSyntax", `Too many elements in distinguished name: ${pieces}`);
  });
}

/** An entry that a distinguished name means. */
export interface Name {
  readonly kind: "user" | "group";
  readonly name: string;
}

/** The tree of one directory. Source: crates/ldap/src/core/utils.rs */
export class Tree {
  readonly base: string;
  readonly #pairs: readonly Pair[];

  constructor(base: string) {
    this.base = asciiLower(base);
    this.#pairs = parseDn(this.base);
  }

  userDn(id: string): string {
    return `uid=${id},ou=people,${this.base}`;
  }

  groupDn(displayName: string): string {
    return `cn=${displayName},ou=groups,${this.base}`;
  }

  /** The pairs before the base, or undefined if the name is not in this tree. */
  below(dn: string): readonly Pair[] | undefined {
    const pairs = parseDn(dn);
    const above = pairs.length - this.#pairs.length;
    if (above < 0) return undefined;
    const isBelow = this.#pairs.every(([attribute, value], index) => {
      const own = pairs[above + index];
      return own?.[0] === attribute && own[1] === value;
    });
    return isBelow ? pairs.slice(0, above) : undefined;
  }

  /** Throws `LdapFailure` with code 34 if the name is that of another kind of entry, or of none. */
  user(dn: string): string {
    const found = this.#entry(dn, `"${this.userDn("id")}"`);
    if (found.kind === "user") return found.name;
    throw this.#unexpected(dn, `"${this.userDn("id")}"`);
  }

  group(dn: string): string {
    const expected = `"uid=id,ou=groups,${this.base}"`;
    const found = this.#entry(dn, expected);
    if (found.kind === "group") return found.name;
    throw this.#unexpected(dn, expected);
  }

  entry(dn: string): Name {
    return this.#entry(dn, `"${this.userDn("id")}" or "uid=id,ou=groups,${this.base}"`);
  }

  /** A plain name is accepted too. */
  userOrPlain(text: string): string {
    return looksLikeDn(text) ? this.user(text) : text;
  }

  groupOrPlain(text: string): string {
    return looksLikeDn(text) ? this.group(text) : text;
  }

  #entry(dn: string, expected: string): Name {
    const pairs = this.below(dn);
    if (pairs === undefined) throw new LdapFailure("invalidDnSyntax", "Not a subtree of the base tree");
    const [first, second] = pairs;
    const isEntry = pairs.length === 2 && second?.[0] === "ou" && (first?.[0] === "cn" || first?.[0] === "uid");
    if (isEntry && second[1] === "people") return { kind: "user", name: first[1] };
    if (isEntry && second[1] === "groups") return { kind: "group", name: first[1] };
    throw this.#unexpected(dn, expected);
  }

  #unexpected(dn: string, expected: string): LdapFailure {
    return new LdapFailure("invalidDnSyntax", `Unexpected DN format. Got "${dn}", expected: ${expected}`);
  }
}

const looksLikeDn = (text: string): boolean => /[=,]/.test(text);
