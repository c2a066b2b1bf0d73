import { ProtocolOperation } from "ldapts";
import { elementsOf, Malformed, numberOf, textOf, type Element } from "./ber.ts";
import { decodeFilter, type LdapFilter } from "./filter.ts";

export type LdapRequest =
  | { readonly kind: "bind"; readonly dn: string; readonly password: string }
  | { readonly kind: "unbind" }
  | SearchRequest
  | ModifyRequest
  | { readonly kind: "delete"; readonly dn: string }
  | { readonly kind: "extended"; readonly oid: string; readonly value: Buffer | null }
  | { readonly kind: "unsupported"; readonly tag: number };

export interface SearchRequest {
  readonly kind: "search";
  readonly base: string;
  readonly scope: "base" | "one" | "subtree";
  readonly filter: LdapFilter;
  readonly attributes: readonly string[];
}

export interface ModifyRequest {
  readonly kind: "modify";
  readonly dn: string;
  readonly changes: readonly Change[];
}

export interface Change {
  readonly operation: "Add" | "Delete" | "Replace";
  readonly attribute: string;
  readonly values: readonly Buffer[];
}

export interface LdapMessage {
  readonly id: number;
  readonly request: LdapRequest;
}

/** Throws `Malformed`, after which lldap closes the connection. Controls are ignored, critical ones too. */
export function decodeMessage(element: Element): LdapMessage {
  const [id, operation] = elementsOf(element);
  if (id === undefined || operation === undefined) throw new Malformed("A message needs an id and an operation");
  return { id: numberOf(id), request: decodeRequest(operation) };
}

function decodeRequest(operation: Element): LdapRequest {
  switch (operation.tag) {
    case ProtocolOperation.LDAP_REQ_BIND:
      return decodeBind(elementsOf(operation));
    case ProtocolOperation.LDAP_REQ_UNBIND:
      return { kind: "unbind" };
    case ProtocolOperation.LDAP_REQ_SEARCH:
      return decodeSearch(elementsOf(operation));
    case ProtocolOperation.LDAP_REQ_MODIFY:
      return decodeModify(elementsOf(operation));
    case ProtocolOperation.LDAP_REQ_DELETE:
      return { kind: "delete", dn: textOf(operation) };
    case ProtocolOperation.LDAP_REQ_EXTENSION:
      return decodeExtended(elementsOf(operation));
    case ProtocolOperation.LDAP_REQ_ADD:
    case ProtocolOperation.LDAP_REQ_COMPARE:
    case ProtocolOperation.LDAP_REQ_MODRDN:
    case ProtocolOperation.LDAP_REQ_ABANDON:
      return { kind: "unsupported", tag: operation.tag };
    default:
      throw new Malformed(`No operation has tag ${operation.tag}`);
  }
}

/** Only a simple bind of version 3 is understood. */
function decodeBind([version, dn, credentials]: readonly Element[]): LdapRequest {
  if (version === undefined || numberOf(version) !== 3 || dn === undefined || credentials?.tag !== 0x80) {
    throw new Malformed("Only a simple bind of version 3 is supported");
  }
  return { kind: "bind", dn: textOf(dn), password: textOf(credentials) };
}

const scopes = ["base", "one", "subtree"] as const;

function decodeSearch(elements: readonly Element[]): LdapRequest {
  const [base, scope, , , , , filter, attributes] = elements;
  if (base === undefined || scope === undefined || filter === undefined || attributes === undefined) {
    throw new Malformed("A search has eight members");
  }
  const known = scopes[numberOf(scope)];
  if (known === undefined) throw new Malformed("The scope is unknown");
  return {
    kind: "search",
    base: textOf(base),
    scope: known,
    filter: decodeFilter(filter),
    attributes: elementsOf(attributes).map(textOf),
  };
}

const changes = ["Add", "Delete", "Replace"] as const;

function decodeModify([dn, list]: readonly Element[]): LdapRequest {
  if (dn === undefined || list === undefined) throw new Malformed("A modification has two members");
  return { kind: "modify", dn: textOf(dn), changes: elementsOf(list).map(decodeChange) };
}

function decodeChange(element: Element): Change {
  const [kind, modification] = elementsOf(element);
  const [attribute, values] = modification === undefined ? [] : elementsOf(modification);
  const operation = kind === undefined ? undefined : changes[numberOf(kind)];
  if (operation === undefined || attribute === undefined || values === undefined) {
    throw new Malformed("A change is incomplete");
  }
  return { operation, attribute: textOf(attribute), values: elementsOf(values).map(({ content }) => content) };
}

function decodeExtended([oid, value]: readonly Element[]): LdapRequest {
  if (oid === undefined) throw new Malformed("An extended operation needs an object identifier");
  return { kind: "extended", oid: textOf(oid), value: value?.content ?? null };
}
