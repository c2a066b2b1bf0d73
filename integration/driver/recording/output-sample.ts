import { isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { MemberRequest } from "../evaluation/member.ts";
import { Descriptions } from "../provider/descriptions.ts";
import type { ProviderProcesses } from "../provider/processes.ts";
import type { MakeSample, Mark, Part, PartPath } from "./stand-in.ts";

/**
 * Samples of outputs, from the schemas of the providers; each program is asked once. A provider that does not describe
 * itself, such as NixOps4's own, is assumed to return texts.
 */
export class OutputSamples {
  readonly #descriptions: Descriptions;

  constructor(processes: ProviderProcesses) {
    this.#descriptions = new Descriptions(processes);
  }

  /** A sample of each output of the member, by name. Throws DriverError if its provider cannot be started. */
  async of({ type, provider, outputs }: MemberRequest): Promise<Map<string, MakeSample>> {
    if (outputs.length === 0) return new Map();
    const schema = (await this.#descriptions.of(provider))[type]?.outputs ?? {};
    return new Map(outputs.map((name) => [name, sampler(field(schema, "properties", name), schema)]));
  }
}

function sampler(output: JsonObject, root: JsonObject): MakeSample {
  return (markOf, shape, round) => {
    const parts: Part[] = [];
    const whole = markOf([]).text;
    // Below a key or an index that no deployment can know, nothing can be recorded. Its mark shows that it was read.
    const unknown = { text: `${whole}x`, integer: markOf([]).integer };

    /** The path is undefined below such a key or index. */
    function sampleOf(schema: JsonObject, path: PartPath | undefined): Json {
      const { $ref, anyOf } = schema;
      if (typeof $ref === "string") return sampleOf(field(root, "$defs", $ref.replace("#/$defs/", "")), path);
      if (Array.isArray(anyOf)) {
        return sampleOf(anyOf.filter(isJsonObject).find((one) => one["type"] !== "null") ?? {}, path);
      }
      const mark = path === undefined ? unknown : markOf(path);
      const value = valueOf(schema, path, mark);
      if (path !== undefined) parts.push({ path, mark: mark.text, value });
      return value;
    }

    /** A value of a JSON Schema; a text if the schema defines no type, so that Nix reports the type that it expects. */
    function valueOf(schema: JsonObject, path: PartPath | undefined, mark: Mark): Json {
      const { type, properties } = schema;
      const inner = (value: Json | undefined, step: string | number) =>
        sampleOf(isJsonObject(value) ? value : {}, path && [...path, step]);
      const isA = (name: string) => (Array.isArray(type) ? type.includes(name) : type === name);
      if (isA("integer")) return mark.integer;
      // The two rounds differ in the size of lists and maps, so that a deployment that depends on the size is rejected.
      if (isA("array")) return count(shape.length + round - 1).map((index) => inner(schema["items"], index));
      if (isA("object") && isJsonObject(properties)) {
        return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, inner(value, name)]));
      }
      if (isA("object")) {
        const { additionalProperties: value } = schema;
        const others = count(round).map((index) => `${unknown.text}${index}`);
        return Object.fromEntries([
          ...[...shape.keys].map((name) => [name, inner(value, name)] as const),
          ...others.map((name) => [name, sampleOf(isJsonObject(value) ? value : {}, undefined)] as const),
        ]);
      }
      return schema["x-nix-type"] === "runtimePath" ? `/${mark.text}` : mark.text;
    }

    sampleOf(output, []);
    return parts;
  };
}

const count = (length: number): number[] => Array.from({ length }, (_, index) => index);

function field(schema: JsonObject, part: string, name: string): JsonObject {
  const fields = schema[part];
  const found = isJsonObject(fields) ? fields[name] : undefined;
  return isJsonObject(found) ? found : {};
}
