import * as z from "zod/mini";
import { commonInputs } from "../resource/common-inputs.ts";
import type { AnyResource, Unsupported } from "../resource/resource.ts";
import { isObject, type Properties } from "../wire/wire.ts";

// The parsed inputs of any resource type: its own schema has checked them, and only its own verbs read them.
// oxlint-disable-next-line typescript/no-explicit-any -- see AnyResource
export type AnyWant = any;

/** All inputs of a resource: the connection, its own inputs and the common ones. Built only for the requested type. */
export function inputSchema(resource: AnyResource): z.ZodMiniObject {
  return z.strictObject({
    connection: withDescription(resource.connection, "Location of the backend, and the credentials for it."),
    ...resource.inputs,
    ...resource.lowering?.inputs,
    ...commonInputs,
  });
}

export const outputSchema = (resource: AnyResource): z.ZodMiniObject => z.strictObject(resource.outputs);

/** The inputs of `list`: the backend and the deployment, without an identity. */
export const listSchema = (resource: AnyResource): z.ZodMiniObject =>
  z.strictObject({
    connection: resource.connection,
    managedBy: commonInputs.managedBy,
    timeoutSeconds: commonInputs.timeoutSeconds,
  });

/** Parses inputs strictly: an unknown input is an error that names it. */
export const parseInputs = (resource: AnyResource, schema: z.ZodMiniObject, raw: Properties): Promise<AnyWant> =>
  parseStrictly(schema, raw, resource.secret, resource.unsupported);

/**
 * Parses values from outside and fills in the defaults of absent and null fields. Throws a ProviderError that describes
 * each fault in words and never repeats the value of a `secret` field. `unsupported` explains some of the unknown fields.
 */
export async function parseStrictly<Schema extends z.ZodMiniObject>(
  schema: Schema,
  raw: Properties,
  secret: readonly PropertyKey[] = [],
  unsupported: Readonly<Record<string, Unsupported>> = {},
): Promise<z.output<Schema>> {
  const result = schema.safeParse(withoutNulls(raw));
  if (result.success) return result.data;
  const { inputError } = await import("./words.ts");
  throw inputError(result.error.issues, { schema, raw, secret, unsupported });
}

/**
 * Parses inputs that an older version of the schema may have written. Unknown inputs are ignored, and a value that is no
 * longer valid is replaced by the default, so that a destroy still finds its object.
 */
export async function parseRemembered(resource: AnyResource, written: Properties): Promise<AnyWant> {
  const schema = inputSchema(resource);
  const raw = resource.withCurrentNames?.(written) ?? written;
  const known: Properties = {};
  for (const [name, field] of Object.entries(schema.shape)) {
    const value = withoutNulls(raw[name]);
    if (value === undefined || value === null) continue;
    // Invalid required fields are kept, so that the strict parse below reports them.
    if (accepts(field, value) || !accepts(field, undefined)) known[name] = value;
  }
  return parseInputs(resource, schema, known);
}

const accepts = (field: z.core.$ZodType, value: unknown): boolean => z.safeParse(field, value).success;

/**
 * The resource's own earlier inputs, parsed by today's schema. Inputs that are no longer valid are left out. So are inputs
 * that were left to the backend (null), except for a type without marks: its null names a place, such as any schema.
 */
export function rememberedInputs(resource: AnyResource, raw: Properties): Properties {
  const fields: Record<string, z.ZodMiniType> = resource.inputs;
  const remembered: Properties = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = withoutNulls(raw[name]);
    const isNull = value === undefined || value === null;
    if (isNull && resource.setMark !== undefined) continue;
    const result = field.safeParse(isNull ? undefined : value);
    if (result.success) remembered[name] = result.data;
  }
  return remembered;
}

/** Treats null as absent, at every depth: Nix sends each declared option, and null if it has no value. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === null ? [] : [[name, withoutNulls(inner)]])),
  );
}

function withDescription(schema: z.ZodMiniType, description: string): z.ZodMiniType {
  // The description that a provider gave its connection is more specific.
  if (z.globalRegistry.get(schema)?.description !== undefined) return schema;
  const described = z.clone(schema);
  z.globalRegistry.add(described, { description });
  return described;
}
