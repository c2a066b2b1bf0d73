import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AnyResource, ProviderDescription } from "@nixops4-resources/protocol-core";
import type * as z from "zod/mini";

type JsonSchema = z.core.JSONSchema.JSONSchema;

const providers = fileURLToPath(new URL("../../providers", import.meta.url));

/** One resource type of this repository, as its author defined it. */
export interface ProviderType {
  readonly provider: string;
  readonly type: string;
  readonly resource: AnyResource;
  /** The type's own inputs, as its documentation shows them. */
  readonly example: Record<string, unknown>;
  /** Inputs that are references to secrets, such as `connection.password`. */
  readonly secretPaths: readonly string[];
}

export async function loadTypes(): Promise<ProviderType[]> {
  const names = globSync("*/src/main.ts", { cwd: providers }).map((main) => basename(dirname(dirname(main))));
  return (await Promise.all(names.toSorted().map(typesOf))).flat();
}

async function typesOf(provider: string): Promise<ProviderType[]> {
  const folder = join(providers, provider, "src");
  const definitions = new Map<string, AnyResource>();
  // main.ts lists its types as imports, and starts to serve when it is imported itself.
  for (const [, file = ""] of readFileSync(join(folder, "main.ts"), "utf8").matchAll(/import\("(\.\/[^"]+)"\)/g)) {
    const module: { default?: Partial<AnyResource> } = await import(join(folder, file));
    if (isResource(module.default)) definitions.set(module.default.type, module.default);
  }
  return Object.entries(describeProvider(folder).resourceTypes).map(([type, { example, inputs }]) => {
    const resource = definitions.get(type);
    if (resource === undefined) throw new Error(`providers/${provider}/src/main.ts lists no type ${type}.`);
    return { provider, type, resource, example, secretPaths: secretPathsIn(inputs) };
  });
}

function isResource(value: Partial<AnyResource> | undefined): value is AnyResource {
  return typeof value?.type === "string" && value.inputs !== undefined && value.outputs !== undefined;
}

/** Asks the provider itself, as everybody else does. */
function describeProvider(folder: string): ProviderDescription {
  return JSON.parse(execFileSync(process.execPath, [join(folder, "main.ts"), "describe"], { encoding: "utf8" }));
}

function secretPathsIn({ properties = {} }: JsonSchema): string[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    if (typeof field === "boolean") return [];
    const isSecret = [field, ...(field.anyOf ?? [])].some(({ $ref }) => $ref === "#/$defs/SecretRef");
    return isSecret ? [name] : secretPathsIn(field).map((path) => `${name}.${path}`);
  });
}

/** Some value of a schema; of an object only what cannot be left out. */
export function sampleOf(schema: JsonSchema, definitions = schema.$defs): unknown {
  const { type, enum: choices, anyOf, $ref, properties = {}, required = [], examples } = schema;
  const inner = (part: unknown) => sampleOf(asObject(part), definitions);
  if (examples !== undefined) return examples[0];
  if ($ref !== undefined) return inner(definitions?.[$ref.replace("#/$defs/", "")]);
  if (choices !== undefined) return choices[0];
  if (anyOf !== undefined) return inner(anyOf[0]);
  if (Array.isArray(type)) return inner({ ...schema, type: type[0] ?? "null" });
  if (type === "object") return Object.fromEntries(required.map((name) => [name, inner(properties[name])]));
  const simple = new Map<unknown, unknown>([
    ["string", "/sample"],
    ["integer", 1],
    ["number", 1],
    ["boolean", true],
    ["array", []],
  ]);
  if (!simple.has(type)) throw new Error(`No sample for the type ${JSON.stringify(type)}. Add one.`);
  return simple.get(type);
}

function asObject(schema: unknown): JsonSchema {
  return typeof schema === "object" && schema !== null ? { ...schema } : {};
}
