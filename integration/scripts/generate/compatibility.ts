import { fieldsOf, narrowing } from "./narrowing.ts";
import type { Snapshot } from "./snapshot.ts";

type ResourceType = Snapshot["resourceTypes"][string];

/**
 * What in a provider's new interface would break a deployment that fits the old one, in words; empty where nothing would.
 * NixOps4 applies every resource anew whose inputs changed, so a changed default is one too.
 */
export function incompatibilities(before: Snapshot, after: Snapshot): string[] {
  const types = Object.entries(before.resourceTypes).flatMap(([type, old]) => {
    const now = after.resourceTypes[type];
    return now === undefined ? [`resource type ${type} was removed`] : typeChanges(type, old, now);
  });
  const codes = before.errors.filter((code) => !after.errors.includes(code)).map((code) => `error ${code} was removed`);
  return [...types, ...codes];
}

function typeChanges(type: string, before: ResourceType, after: ResourceType): string[] {
  const fixed = Object.keys(after.immutable).filter(
    (name) => Object.hasOwn(fieldsOf(before.inputs), name) && !Object.hasOwn(before.immutable, name),
  );
  return [
    ...(after.requireState && !before.requireState ? [`${type} needs a state now`] : []),
    ...narrowing(before.inputs, after.inputs, `${type}.inputs`),
    ...fixed.map((name) => `${type}.inputs.${name} cannot change in place any more`),
    ...outputChanges(before, after).map((change) => `${type}.outputs.${change}`),
  ];
}

/** A reader of an output was written for the values that it could have, so the new type must not be wider. */
function outputChanges({ outputs: before }: ResourceType, { outputs: after }: ResourceType): string[] {
  const now = fieldsOf(after);
  return Object.entries(fieldsOf(before)).flatMap(([name, old]) => {
    const field = now[name];
    if (field === undefined) return [`${name} was removed`];
    return narrowing(field.schema, old.schema, name).length === 0 ? [] : [`${name} may have values of other types now`];
  });
}
