import { outputSchema } from "./inputs.ts";
import type { AnySeen, Task } from "./task.ts";
import { isObject, type Properties } from "../wire/wire.ts";

/**
 * The outputs, checked: every declared one is there and no other. NixOps4 takes an object with `_type` for a directive of
 * the module system and lets it vanish, so none may have one.
 */
export function outputsOf({ resource }: Pick<Task, "resource">, seen: AnySeen): Properties {
  const result = outputSchema(resource).safeParse(seen.outputs);
  if (!result.success) {
    const issues = result.error.issues.map(({ path, code }) => `${path.join(".")} ${code}`);
    throw new TypeError(`The outputs of ${resource.type} are not as declared: ${issues.join(", ")}`);
  }
  if (hasType(result.data)) throw new TypeError(`An output of ${resource.type} has a key _type`);
  return result.data;
}

function hasType(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasType);
  return isObject(value) && (Object.hasOwn(value, "_type") || Object.values(value).some(hasType));
}
