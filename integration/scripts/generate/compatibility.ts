import { resolvable, type Interface, type ResourceTypeInterface } from "./interface.ts";
import { fieldsOf, narrowing } from "./narrowing.ts";

/**
 * The changes of a provider's interface that break a deployment of the old interface, as sentences without a full stop.
 * NixOps4 updates every resource whose inputs changed, so a changed default breaks too.
 */
export function incompatibilities(before: Interface, after: Interface): string[] {
  const now = resolvable(after);
  const types = Object.entries(resolvable(before)).flatMap(([type, old]) => {
    const resource = now[type];
    return resource === undefined ? [`resource type ${type} was removed`] : typeChanges(type, old, resource);
  });
  const codes = before.errors.filter((code) => !after.errors.includes(code)).map((code) => `error ${code} was removed`);
  return [...types, ...codes];
}

function typeChanges(type: string, before: ResourceTypeInterface, after: ResourceTypeInterface): string[] {
  const inputs = fieldsOf(before.inputs);
  const fixed = after.immutable.filter((name) => Object.hasOwn(inputs, name) && !before.immutable.includes(name));
  return [
    ...(after.requireState && !before.requireState ? [`${type} requires a state now`] : []),
    ...narrowing(before.inputs, after.inputs, `${type}.inputs`),
    ...fixed.map((name) => `${type}.inputs.${name} cannot be updated any more`),
    ...outputChanges(before, after).map((change) => `${type}.outputs.${change}`),
  ];
}

/** A reader of an output expects the values of the old type, so the new type must not be wider. */
function outputChanges(
  { outputs: before }: ResourceTypeInterface,
  { outputs: after }: ResourceTypeInterface,
): string[] {
  const now = fieldsOf(after);
  return Object.entries(fieldsOf(before)).flatMap(([name, old]) => {
    const field = now[name];
    if (field === undefined) return [`${name} was removed`];
    return narrowing(field.schema, old.schema, name).length === 0 ? [] : [`${name} may have values of other types now`];
  });
}
