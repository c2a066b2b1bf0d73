import * as z from "zod/mini";
import { commonInputs } from "../resource/common-inputs.ts";
import type { AnyResource } from "../resource/resource.ts";
import { isObject, type Properties } from "../wire/wire.ts";

// What a definition of unknown particulars hands to its own verbs: checked by its own schema, opaque to everybody else.
// oxlint-disable-next-line typescript/no-explicit-any -- see AnyResource
export type AnyWant = any;

/** All inputs of a resource: the connection, its own, the common ones. Built only for the type that is asked for. */
export function inputSchema(resource: AnyResource): z.ZodMiniObject {
  return z.strictObject({
    connection: withDescription(resource.connection, "How to reach the backend, and as whom."),
    ...resource.inputs,
    ...commonInputs,
  });
}

export const outputSchema = (resource: AnyResource): z.ZodMiniObject => z.strictObject(resource.outputs);

/** What `list` needs: no identity, only where to look and for whom. */
export const listSchema = (resource: AnyResource): z.ZodMiniObject =>
  z.strictObject({
    connection: resource.connection,
    managedBy: commonInputs.managedBy,
    timeoutSeconds: commonInputs.timeoutSeconds,
  });

/** Strictly: an unknown input is refused by name. */
export const parseInputs = (resource: AnyResource, schema: z.ZodMiniObject, raw: Properties): Promise<AnyWant> =>
  parseStrictly(schema, raw, resource.secret);

/**
 * Values from outside, with the defaults of what is left out or null. Throws a ProviderError that says in words what is
 * wrong; the values of `secret` fields are not repeated in it.
 */
export async function parseStrictly<Schema extends z.ZodMiniObject>(
  schema: Schema,
  raw: Properties,
  secret: readonly PropertyKey[] = [],
): Promise<z.output<Schema>> {
  const result = schema.safeParse(withoutNulls(raw));
  if (result.success) return result.data;
  const { inputError } = await import("./words.ts");
  throw inputError(schema, result.error.issues, raw, secret);
}

/**
 * Inputs that an older version of the schema may have written: what it does not know any more is left out, and a value
 * that is no longer allowed gives way to the default, so that a destroy still finds its object.
 */
export async function parseRemembered(resource: AnyResource, raw: Properties): Promise<AnyWant> {
  const schema = inputSchema(resource);
  const known: Properties = {};
  for (const [name, field] of Object.entries(schema.shape)) {
    const value = withoutNulls(raw[name]);
    if (value === undefined || value === null) continue;
    // Required fields stay as they are: the strict parse below says what is wrong with them.
    if (accepts(field, value) || !accepts(field, undefined)) known[name] = value;
  }
  return parseInputs(resource, schema, known);
}

const accepts = (field: z.core.$ZodType, value: unknown): boolean => z.safeParse(field, value).success;

/** Earlier inputs of a resource's own in today's terms; what cannot be told in them is left out. */
export function rememberedInputs(resource: AnyResource, raw: Properties): Properties {
  const fields: Record<string, z.ZodMiniType> = resource.inputs;
  const remembered: Properties = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = withoutNulls(raw[name]);
    if (value === undefined || value === null) continue;
    const result = field.safeParse(value);
    if (result.success) remembered[name] = result.data;
  }
  return remembered;
}

/** Null and absent mean the same, at every depth: Nix sends each declared option, with null where there is no value. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === null ? [] : [[name, withoutNulls(inner)]])),
  );
}

function withDescription(schema: z.ZodMiniType, description: string): z.ZodMiniType {
  // A provider that gave its connection a description or a default has said it better.
  if (z.globalRegistry.get(schema)?.description !== undefined) return schema;
  const described = z.clone(schema);
  z.globalRegistry.add(described, { description });
  return described;
}
