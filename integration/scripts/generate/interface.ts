import type { ProviderDescription, TypeDescription } from "@nixops4-resources/protocol-core";
import { Definitions } from "./definitions.ts";

type JsonSchema = TypeDescription["inputs"];

/** The part of a provider's interface that deployments depend on. */
export interface Interface {
  readonly resourceTypes: Readonly<Record<string, ResourceTypeInterface>>;
  /** The codes only: their texts may change at any time. */
  readonly errors: readonly string[];
  /** Schemas that several resource types share. */
  readonly $defs: Readonly<Record<string, JsonSchema>>;
}

export interface ResourceTypeInterface {
  readonly requireState: boolean;
  readonly inputs: JsonSchema;
  readonly outputs: JsonSchema;
  /** Inputs that cannot change on an existing object. */
  readonly immutable: readonly string[];
}

/** Leaves out every text, and writes each shared schema once. */
export function interfaceOf({ resourceTypes, errors }: ProviderDescription): Interface {
  const types = Object.entries(resourceTypes);
  const definitions = new Definitions();
  const withoutTexts = types.map(([type, { requireState, inputs, outputs, immutable }]) => ({
    type,
    requireState,
    inputs: definitions.adopt(type, inputs),
    outputs: definitions.adopt(type, outputs),
    immutable: Object.keys(immutable).sort(),
  }));
  definitions.shareFields(withoutTexts.flatMap(({ inputs, outputs }) => [inputs, outputs]));
  return {
    resourceTypes: Object.fromEntries(
      withoutTexts.map(({ type, inputs, outputs, ...rest }) => [
        type,
        { ...rest, inputs: definitions.refer(inputs), outputs: definitions.refer(outputs) },
      ]),
    ),
    errors: Object.keys(errors).sort(),
    $defs: definitions.all,
  };
}

/** The types with the definitions in reach of each schema, for comparisons. */
export function resolvable({ resourceTypes, $defs }: Interface): Record<string, ResourceTypeInterface> {
  return Object.fromEntries(
    Object.entries(resourceTypes).map(([type, resource]) => [
      type,
      { ...resource, inputs: { ...resource.inputs, $defs }, outputs: { ...resource.outputs, $defs } },
    ]),
  );
}
