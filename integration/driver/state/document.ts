import { createPatch, type Operation } from "rfc6902";
import { DriverError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { memberName, type MemberPath } from "../evaluation/member.ts";

/** The state's entry of one resource. */
export interface StateEntry {
  readonly type: string;
  readonly inputs: JsonObject;
  readonly outputs: JsonObject;
}

/**
 * NixOps4's state as a document. Only changed entries are replaced, since another program may have added more to it.
 */
export type StateDocument = JsonObject;

export const emptyState: StateDocument = { _type: "nixopsState", resources: {}, deployments: {} };

/** Throws DriverError for anything that NixOps4 would reject as its state. */
export function checkState(document: JsonObject, source: string): StateDocument {
  if (document["_type"] === "nixopsState") return document;
  const found = JSON.stringify(document["_type"]) ?? "none";
  throw new DriverError(
    "driver.state.document",
    `Unable to read the state of ${source}: its _type must be "nixopsState", got ${found}.`,
  );
}

export function readEntry(state: StateDocument, path: MemberPath): StateEntry | undefined {
  const name = path.at(-1) ?? "";
  let deployment: JsonObject = state;
  for (const step of path.slice(0, -1)) deployment = child(child(deployment, "deployments"), step);
  const resources = child(deployment, "resources");
  const entry = Object.hasOwn(resources, name) ? resources[name] : undefined;
  if (!isJsonObject(entry)) return undefined;
  // NixOps4 writes input_properties; the examples of its manual, and so other tools, use inputProperties.
  const inputs = entry["input_properties"] ?? entry["inputProperties"];
  const outputs = entry["output_properties"] ?? entry["outputProperties"];
  const { type } = entry;
  if (typeof type === "string" && isJsonObject(inputs) && isJsonObject(outputs)) return { type, inputs, outputs };
  throw new DriverError(
    "driver.state.document",
    `Unable to read the state of member ${memberName(path)}: its entry must have type, inputs and outputs.`,
  );
}

/** The document with `entry` under `path`, or without an entry if it is undefined; shares unchanged parts. */
export function withEntry(state: StateDocument, path: MemberPath, entry: StateEntry | undefined): StateDocument {
  const [step, ...rest] = path;
  if (step === undefined) return state;
  if (rest.length > 0) {
    const deployments = child(state, "deployments");
    const inner = Object.hasOwn(deployments, step) ? child(deployments, step) : { resources: {}, deployments: {} };
    return { ...state, deployments: { ...deployments, [step]: withEntry(inner, rest, entry) } };
  }
  const { [step]: _, ...others } = child(state, "resources");
  if (entry === undefined) return { ...state, resources: others };
  return {
    ...state,
    resources: {
      ...others,
      [step]: { type: entry.type, input_properties: entry.inputs, output_properties: entry.outputs },
    },
  };
}

/** The RFC 6902 patch from one state to the next; empty if they are equal. */
export function statePatch(before: StateDocument, after: StateDocument): Operation[] {
  return createPatch(before, after);
}

function child(object: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isJsonObject(value) ? value : {};
}
