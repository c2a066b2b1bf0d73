import { isExactObject, type ExactJson, type ExactObject } from "@nixops4-resources/protocol-core";

/**
 * NixOps4's state of an empty deployment. NixOps4 owns everything below it; this suite stores it unchanged.
 * Source: rust/nixops4/src/state.rs
 */
export const emptyState: ExactObject = { _type: "nixopsState", resources: {}, deployments: {} };

/** Whether NixOps4 would accept the document as a state. */
export const isStateDocument = (document: ExactJson): document is ExactObject => flawOfState(document) === undefined;

/**
 * What keeps NixOps4 from reading a document as its state, to continue "the document ..."; undefined if nothing does.
 * Unknown members are allowed. Source: `State` in rust/nixops4/src/state.rs
 */
export function flawOfState(document: ExactJson): string | undefined {
  if (!isExactObject(document)) return "is not an object";
  if (document["_type"] !== "nixopsState") return 'has a `_type` other than "nixopsState"';
  return flawOfDeployment(document, "");
}

function flawOfDeployment(deployment: ExactJson | undefined, path: string): string | undefined {
  if (!isExactObject(deployment)) return `has no object at ${path}`;
  const { resources, deployments } = deployment;
  if (!isExactObject(resources)) return `has no object at ${path}/resources`;
  if (!isExactObject(deployments)) return `has no object at ${path}/deployments`;
  for (const [name, entry] of Object.entries(resources)) {
    if (!isEntry(entry)) return `has no resource with type, inputs and outputs at ${path}/resources/${escape(name)}`;
  }
  for (const [name, inner] of Object.entries(deployments)) {
    const flaw = flawOfDeployment(inner, `${path}/deployments/${escape(name)}`);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

/** NixOps4 writes `input_properties`; its manual, and so other tools, write `inputProperties`. */
const isEntry = (entry: ExactJson): boolean =>
  isExactObject(entry) &&
  typeof entry["type"] === "string" &&
  isExactObject(entry["input_properties"] ?? entry["inputProperties"] ?? null) &&
  isExactObject(entry["output_properties"] ?? entry["outputProperties"] ?? null);

const escape = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** The paths of all resources in the document: the names of their nested deployments, then their own. */
export function resourcePathsIn(document: ExactJson, around: readonly string[] = []): string[][] {
  const own = Object.keys(objectIn(document, "resources")).map((name) => [...around, name]);
  const nested = Object.entries(objectIn(document, "deployments"));
  return [...own, ...nested.flatMap(([name, inner]) => resourcePathsIn(inner, [...around, name]))];
}

/** The names of all resources in the document, prefixed with their nested deployments: `db`, `site.web`. */
export const resourcesIn = (document: ExactJson): string[] => resourcePathsIn(document).map((path) => path.join("."));

/** The JSON pointer to a resource: `/deployments/site/resources/web`. */
export function pointerTo(path: readonly string[]): string {
  const around = path.slice(0, -1).map((name) => `/deployments/${escape(name)}`);
  return `${around.join("")}/resources/${escape(path.at(-1) ?? "")}`;
}

function objectIn(document: ExactJson, name: string): ExactObject {
  const value = isExactObject(document) && Object.hasOwn(document, name) ? document[name] : undefined;
  return isExactObject(value) ? value : {};
}
