import { describeProvider, type ResourceTypes } from "../provider/describe.ts";
import { isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { MemberRequest } from "../evaluation/member.ts";
import type { MakeSample, Mark } from "./stand-in.ts";

/**
 * Samples of outputs, from the schemas of the providers; each program is asked once. A provider that does not describe
 * itself, such as NixOps4's own, is assumed to return texts.
 */
export class OutputSamples {
  readonly #env: NodeJS.ProcessEnv;
  readonly #types = new Map<string, Promise<ResourceTypes>>();

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** A sample of each output of the member, by name. Throws DriverError if its provider cannot be started. */
  async of({ type, provider, outputs }: MemberRequest): Promise<Map<string, MakeSample>> {
    if (outputs.length === 0) return new Map();
    const key = JSON.stringify(provider);
    const asked = this.#types.get(key) ?? describeProvider(provider, { env: this.#env, onMessage() {} });
    this.#types.set(key, asked);
    const schema = (await asked)[type]?.outputs ?? {};
    return new Map(outputs.map((name) => [name, (mark) => sampleOf(field(schema, "properties", name), schema, mark)]));
  }
}

/** A value of a JSON Schema; a text if the schema defines no type, so that Nix reports the type that it expects. */
function sampleOf(schema: JsonObject, root: JsonObject, mark: Mark): Json {
  const { $ref, anyOf, type, properties } = schema;
  const inner = (value: Json | undefined) => sampleOf(isJsonObject(value) ? value : {}, root, mark);
  if (typeof $ref === "string") return sampleOf(field(root, "$defs", $ref.replace("#/$defs/", "")), root, mark);
  if (Array.isArray(anyOf)) return inner(anyOf.find((one) => isJsonObject(one) && one["type"] !== "null"));
  const isA = (name: string) => (Array.isArray(type) ? type.includes(name) : type === name);
  if (isA("integer")) return mark.integer;
  if (isA("array")) return [inner(schema["items"])];
  if (isA("object")) {
    return isJsonObject(properties)
      ? Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, inner(value)]))
      : { [mark.text]: inner(schema["additionalProperties"]) };
  }
  return schema["x-nix-type"] === "runtimePath" ? `/${mark.text}` : mark.text;
}

function field(schema: JsonObject, part: string, name: string): JsonObject {
  const fields = schema[part];
  const found = isJsonObject(fields) ? fields[name] : undefined;
  return isJsonObject(found) ? found : {};
}
