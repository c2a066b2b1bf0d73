import { isExactObject, type ExactJson, type ExactObject } from "@nixops4-resources/protocol-core";

/**
 * NixOps4's state of an empty deployment. NixOps4 owns everything below it; this suite stores it unchanged.
 * Source: rust/nixops4/src/state.rs
 */
export const emptyState: ExactObject = { _type: "nixopsState", resources: {}, deployments: {} };

/** Whether NixOps4 would accept the document as a state. */
export const isStateDocument = (document: ExactJson): document is ExactObject =>
  isExactObject(document) && document["_type"] === "nixopsState";

/** The names of all resources in the document, prefixed with their nested deployments: `db`, `site.web`. */
export function resourcesIn(document: ExactJson, around: readonly string[] = []): string[] {
  const own = Object.keys(objectIn(document, "resources")).map((name) => [...around, name].join("."));
  const nested = Object.entries(objectIn(document, "deployments"));
  return [...own, ...nested.flatMap(([name, inner]) => resourcesIn(inner, [...around, name]))];
}

function objectIn(document: ExactJson, name: string): ExactObject {
  const value = isExactObject(document) && Object.hasOwn(document, name) ? document[name] : undefined;
  return isExactObject(value) ? value : {};
}
