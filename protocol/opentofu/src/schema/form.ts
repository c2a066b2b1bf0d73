import type { EngineType } from "../values/engine-type.ts";

/** The form of a value, from which the engine's schema and all conversions follow. */
export type Form =
  | { readonly kind: "string" | "bool" | "number" }
  | { readonly kind: "list" | "map"; readonly of: Form }
  | ObjectForm
  | AnyForm;

export interface ObjectForm {
  readonly kind: "object";
  readonly fields: readonly Field[];
  /** Present if exactly one of the fields is set. */
  readonly isChoice?: true;
}

/** A value that carries its own type: one of several forms, or any JSON. */
interface AnyForm {
  readonly kind: "any";
  readonly oneOf: readonly Form[];
}

export interface Field {
  /** Name in the engine: snake_case. */
  readonly name: string;
  /** Name in requests: camelCase. */
  readonly input: string;
  readonly description: string;
  readonly form: Form;
  readonly isRequired: boolean;
  /** JSON in the form of requests. Absent if there is none, and if it is null. */
  readonly fallback?: unknown;
}

/** One resource type. */
export interface TypeSchema {
  readonly description: string;
  /** Inputs without `connection` and `managedBy`. */
  readonly inputs: ObjectForm;
  readonly outputs: ObjectForm;
  /** Names of inputs in requests. */
  readonly identity: readonly string[];
  /** Whether its objects carry our mark. The others exist only if what the inputs declare is there. */
  readonly bearsMark: boolean;
  readonly stableOutputs: readonly string[];
  /** Valid values of the required inputs that do not identify the object, in the form of requests. */
  readonly example: Readonly<Record<string, unknown>>;
}

/** A provider as the engine sees it. */
export interface ProviderSchema {
  /** `nixops4-postgres`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly connection: Form;
  readonly connectionDescription: string;
  readonly managedByDescription: string;
  /** By the type's name in requests. */
  readonly types: Readonly<Record<string, TypeSchema>>;
}

/** The attribute of a resource with the facts of its backend. */
export const outputsName = "outputs";
/** The attribute of a resource in place of the provider's `connection`, a name that the engine reserves in resources. */
export const connectionName = "connection_override";

export const typeName = ({ name }: Pick<ProviderSchema, "name">, type: string): string => `${name}_${type}`;

export function engineType(form: Form): EngineType {
  if (form.kind === "list" || form.kind === "map") return [form.kind, engineType(form.of)];
  if (form.kind === "object") {
    return ["object", Object.fromEntries(form.fields.map((field) => [field.name, engineType(field.form)]))];
  }
  return form.kind === "any" ? "dynamic" : form.kind;
}
