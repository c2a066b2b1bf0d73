/** Attributes and blocks that the engine reads itself, in every resource. Source: opentofu, internal/configs/resource.go */
const reserved = new Set([
  "connection",
  "count",
  "depends_on",
  "for_each",
  "lifecycle",
  "locals",
  "provider",
  "provisioner",
]);

/** `connectionLimit` as the engine writes names: `connection_limit`. */
export const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Throws if the engine, or this suite, uses one of the names of a resource's attributes, or if two are equal. */
export function checkNames(names: readonly string[], taken: readonly string[], where: string): void {
  for (const [index, name] of names.entries()) {
    const reason = flawOf(name, taken) ?? (names.indexOf(name) < index ? "is the name of two inputs" : undefined);
    if (reason !== undefined) throw new Error(`Unable to map ${where} to OpenTofu: \`${name}\` ${reason}.`);
  }
}

function flawOf(name: string, taken: readonly string[]): string | undefined {
  if (reserved.has(name)) return "is reserved by the engine";
  if (taken.includes(name)) return "is an attribute of every resource";
  return /^[a-z][a-z0-9_]*$/.test(name) ? undefined : "is no name of an attribute";
}
