import { canReadAll, type Caller } from "../domain/caller.ts";
import type { Directory } from "../domain/directory.ts";
import { asciiLower } from "../domain/letter-case.ts";
import type { Tree } from "./dn.ts";
import type { LdapEntry } from "./entry-attributes.ts";
import { convertFilter, type LdapFilter } from "./filter.ts";
import { groupCondition, groupEntry } from "./group-search.ts";
import type { SearchRequest } from "./requests.ts";
import { LdapFailure } from "./result-code.ts";
import { userCondition, userEntry } from "./user-search.ts";

/** The entries that a caller may see. Source: crates/ldap/src/search.rs */
export class Search {
  readonly #directory: Directory;
  readonly #tree: Tree;
  readonly #caller: Caller;
  readonly #request: SearchRequest;

  constructor(directory: Directory, tree: Tree, caller: Caller, request: SearchRequest) {
    this.#directory = directory;
    this.#tree = tree;
    this.#caller = caller;
    this.#request = request;
  }

  /** Throws `LdapFailure`: with code 32 only for a search of the base alone. */
  entries(): LdapEntry[] {
    const found = this.#inScope();
    if (found.length === 0 && this.#request.scope === "base") throw new LdapFailure("noSuchObject", "");
    return found;
  }

  /** Below the base, the scope makes no difference: `base` and `one` at the root find every entry too. */
  #inScope(): LdapEntry[] {
    const { base, scope, filter } = this.#request;
    const pairs = this.#tree.below(asciiLower(base));
    if (pairs === undefined) return [];
    const [first, second] = pairs;
    if (first === undefined) return this.#everywhere();
    const folder = pairs.length === 1 ? first : second;
    const kind = folder?.[0] === "ou" ? folder[1] : undefined;
    if (pairs.length > 2 || (kind !== "people" && kind !== "groups")) return [];
    if (pairs.length === 1) {
      if (scope === "base") return [organizationalUnit(base)];
      return kind === "people" ? this.#users(filter) : this.#groups(filter);
    }
    const own: LdapFilter = { kind: "equal", field: first[0], value: first[1] };
    const both: LdapFilter = { kind: "and", filters: [filter, own] };
    return kind === "people" ? this.#users(both) : this.#groups(both);
  }

  /** A filter that only users or only groups do not support finds the others. */
  #everywhere(): LdapEntry[] {
    const { filter } = this.#request;
    const users = attempt(() => this.#users(filter));
    const groups = attempt(() => this.#groups(filter));
    if (users instanceof LdapFailure && groups instanceof LdapFailure) throw users;
    return [users, groups].flatMap((found) => (found instanceof LdapFailure ? [] : found));
  }

  #users(sent: LdapFilter): LdapEntry[] {
    const context = this.#context("user");
    const filter = convertFilter(sent, "user", (condition) => userCondition(context, condition));
    return this.#directory.users
      .all()
      .filter((user) => (canReadAll(this.#caller) || user.id === this.#caller.userId) && filter(user) === true)
      .map((user) => userEntry(context, user, this.#request.attributes));
  }

  /** Regular users see the groups that they are in, without the other members. */
  #groups(sent: LdapFilter): LdapEntry[] {
    const context = this.#context("group");
    const filter = convertFilter(sent, "group", (condition) => groupCondition(context, condition));
    const onlyMember = canReadAll(this.#caller) ? undefined : this.#caller.userId;
    return this.#directory.groups
      .all()
      .filter((group) => (onlyMember === undefined || group.members.has(onlyMember)) && filter(group) === true)
      .map((group) => groupEntry(context, group, this.#request.attributes, onlyMember));
  }

  #context(kind: "user" | "group") {
    return {
      directory: this.#directory,
      tree: this.#tree,
      schema: this.#directory.schema.attributesFor(this.#caller, kind),
    };
  }
}

function attempt(search: () => LdapEntry[]): LdapEntry[] | LdapFailure {
  try {
    return search();
  } catch (error) {
    if (error instanceof LdapFailure) return error;
    throw error;
  }
}

const organizationalUnit = (dn: string): LdapEntry => ({
  dn,
  attributes: [["objectClass", ["top", "organizationalUnit"].map((name) => Buffer.from(name))]],
});

/** The root of the directory tells anybody the versions. Source: crates/ldap/src/search.rs: root_dse_response */
export const isRootRequest = ({ base, scope, filter }: SearchRequest): boolean =>
  base === "" && scope === "base" && filter.kind === "present" && asciiLower(filter.field) === "objectclass";

export const rootEntry = (tree: Tree, extensions: readonly string[]): LdapEntry => ({
  dn: "",
  attributes: Object.entries({
    objectClass: ["top"],
    vendorName: ["LLDAP"],
    // The version of one of lldap's parts, which is not that of the server.
    vendorVersion: ["lldap_0.1.1"],
    supportedLDAPVersion: ["3"],
    supportedExtension: extensions,
    supportedControl: [],
    supportedFeatures: ["1.3.6.1.4.1.4203.1.5.1"],
    defaultNamingContext: [tree.base],
    namingContexts: [tree.base],
    isGlobalCatalogReady: ["false"],
    subschemaSubentry: ["cn=Subschema"],
  }).map(([name, values]) => [name, values.map((value) => Buffer.from(value))] as const),
});
