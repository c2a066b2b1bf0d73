import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ajvDraft04, { type ValidateFunction } from "ajv-draft-04";
import type { Message } from "./provider-process.ts";

/** Machine-readable API descriptions, kept beside the repository. */
const specs = process.env["NIXOPS4_RESOURCES_SPECS"] ?? join(import.meta.dirname, "../../../../../shared/specs");
const file = join(specs, "nixops4/resource-schema-v0.destroy.json");

/** Whether the schema exists; without it nothing is validated. */
const hasV0Schema = existsSync(file);

const upstream = new Set([
  "createResourceResponse",
  "updateResourceResponse",
  "destroyResourceResponse",
  "stateResourceReadResponse",
  "stateResourceEventResponse",
  "errorResponse",
]);

let responses: ValidateFunction | undefined;

/** Violations of NixOps4's own schema by an answer; empty for extensions, which the schema does not know. */
export function v0Faults(answer: Message): string[] {
  if (!hasV0Schema || !Object.keys(answer).some((key) => upstream.has(key))) return [];
  responses ??= compile();
  if (responses(answer)) return [];
  return (responses.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
}

function compile(): ValidateFunction {
  const schema: { $id: string } = JSON.parse(readFileSync(file, "utf8"));
  // Not strict: the schema has keywords for upstream's generator of Rust types.
  const ajv = new ajvDraft04.default({
    strict: false,
    schemas: [{ id: "https://json.schemastore.org/json-patch.json" }],
  });
  ajv.addSchema({ ...schema, id: schema.$id });
  // Not the root: its additionalProperties rejects every message.
  return ajv.compile({ $ref: `${schema.$id}#/definitions/Response` });
}
