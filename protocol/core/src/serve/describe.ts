import { toJSONSchema, type core } from "zod/mini";
import errors from "../report/errors.ts";
import { inputSchema, outputSchema } from "../converge/inputs.ts";
import type { Provider } from "./provider.ts";
import "../secrets/ref-schema.ts";
import { taggedMessages } from "../wire/tagged.ts";
import { messages } from "../wire/wire.ts";

/** One resource type as generators and other front ends need it. */
export interface TypeDescription {
  description: string;
  requireState: boolean;
  identity: string[];
  /** Null if only one member may declare an object. */
  sharedBy: { flag: string; part: string } | null;
  storesState: boolean;
  bearsMark: boolean;
  retainedByDefault: boolean;
  inputs: core.JSONSchema.BaseSchema;
  outputs: core.JSONSchema.BaseSchema;
  immutable: Record<string, string>;
  secret: string[];
  stableOutputs: string[];
  leastRights: string;
  example: Record<string, unknown>;
  /** Null for a type whose example uses the common connection. */
  exampleConnection: Record<string, unknown> | null;
}

/** The body of a describeProviderResponse. */
export interface ProviderDescription {
  protocol: "v0";
  provider: { name: string; title: string; description: string; version: string };
  extensions: string[];
  /** Whether the executable is also a plugin of OpenTofu. */
  opentofu: boolean;
  resourceTypes: Record<string, TypeDescription>;
  errors: Record<string, { meaning: string; remedy: string }>;
}

/** Everything that a generator or another front end needs to know about a provider. */
export async function describeProvider({
  name,
  title,
  description,
  version,
  types,
  errors: own,
  secretSources,
  opentofu,
}: Provider): Promise<ProviderDescription> {
  const resourceTypes: Record<string, TypeDescription> = {};
  for (const [type, load] of Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { default: resource } = await load();
    resourceTypes[type] = {
      description: resource.description,
      requireState: resource.requireState,
      identity: resource.identity.map(String),
      sharedBy:
        resource.sharedBy === undefined
          ? null
          : { flag: String(resource.sharedBy.flag), part: String(resource.sharedBy.part) },
      storesState: resource.openStateStore !== undefined,
      bearsMark: resource.setMark !== undefined,
      retainedByDefault: resource.retainedByDefault ?? false,
      inputs: toJSONSchema(inputSchema(resource), { io: "input", unrepresentable: "any" }),
      outputs: toJSONSchema(outputSchema(resource), { io: "output", unrepresentable: "any" }),
      immutable: definedOnly(resource.immutable),
      secret: [...(resource.secret ?? [])].map(String),
      stableOutputs: resource.stableOutputs.map(String),
      leastRights: resource.leastRights,
      example: resource.example,
      exampleConnection: resource.exampleConnection ?? null,
    };
  }
  const sources = await secretSources?.();
  return {
    protocol: "v0",
    provider: { name, title, description, version },
    extensions: [
      ...Object.values(messages).flatMap(({ request, isExtension }) => (isExtension === true ? [request] : [])),
      taggedMessages.request,
    ],
    opentofu: opentofu !== undefined,
    resourceTypes,
    errors: { ...errors, ...(await sources?.default.errors())?.default, ...(await own()).default },
  };
}

function definedOnly(record: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
}
