/**
 * A path whose values are encoded: path`/notes/${name}`. A value can neither add a segment nor name the one above, since
 * the client passes the path on as it is.
 */
export function path(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return parts.map((part, index) => part + encode(values[index] ?? "")).join("");
}

/** Servers take `.` and `..` as segments with a meaning, also encoded. */
const encode = (value: string): string => {
  if (value === "." || value === "..") throw new RangeError(`${value} cannot be a segment of a path`);
  return encodeURIComponent(value);
};
