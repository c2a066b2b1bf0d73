import { outputSchema } from "./inputs.ts";
import type { AnySeen, Task } from "./task.ts";
import { isObject, type Properties } from "../wire/wire.ts";

/**
 * The outputs, checked: each declared output is present and no other. NixOps4 treats an object with `_type` as a directive
 * of the module system and drops it, so no output may contain that key.
 */
export function outputsOf({ resource }: Pick<Task, "resource">, seen: AnySeen): Properties {
  const result = outputSchema(resource).safeParse(seen.outputs);
  if (!result.success) {
    const issues = result.error.issues.map(({ path, code }) => `${path.join(".")} ${code}`);
    throw new TypeError(`The outputs of ${resource.type} do not match their declaration: ${issues.join(", ")}`);
  }
  if (hasType(result.data)) throw new TypeError(`An output of ${resource.type} contains the key _type`);
  return result.data;
}

function hasType(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasType);
  return isObject(value) && (Object.hasOwn(value, "_type") || Object.values(value).some(hasType));
}
