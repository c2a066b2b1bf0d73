/** Whether the whole value matches a regular expression of Perl from the schema. */
export const matchesPattern = (pattern: string, value: string): boolean =>
  new RegExp(`^(?:${translate(pattern)})$`).test(value);

/** `(?^i:...)` ignores case, `(?^:...)` does not, `(?>...)` is atomic, `{,8}` begins at 0. */
function translate(pattern: string): string {
  return pattern
    .replaceAll("(?^:", "(?:")
    .replaceAll("(?^i:", "(?i:")
    .replaceAll("(?>", "(?:")
    .replaceAll(/\{,(\d+)\}/g, "{0,$1}");
}
