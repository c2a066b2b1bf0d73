/**
 * Translates a JavaScript pattern to the POSIX extended regular expression that `builtins.match` of Nix accepts. Returns
 * undefined if the two could differ; then only the provider checks the value.
 *
 * The pattern must be anchored at both ends, because POSIX matches the whole value. These parts have another meaning in
 * POSIX, or match bytes instead of characters, and are not translated: `.`, negated classes, classes like `\d`, groups
 * that begin with `?`, lazy quantifiers, empty alternatives, and a backslash in brackets. JSON Schema has no flags, so a
 * pattern in a schema must not need any.
 */
export function posixPattern(pattern: string): string | undefined {
  const inner = /^\^(.*)\$$/s.exec(pattern)?.[1];
  if (inner === undefined || /\(\)|\(\||\|\||\|\)/.test(inner)) return undefined;
  const tokens = [...inner.matchAll(token)].map(([text]) => text);
  if (tokens.join("") !== inner || hasAlternativeOutsideGroups(tokens)) return undefined;
  return tokens.map((text) => text.replace(needlessEscape, "$1")).join("");
}

const quantifier = String.raw`(?:[*+?]|\{\d+(?:,\d*)?\})(?![*+?{])`;
const inBrackets = String.raw`[\x20-\x2c\x2e-\x5a\x5e-\x7e]`;
const bracket = String.raw`\[(?!\^)-?(?:${inBrackets}(?:-${inBrackets})?)+-?\]`;
const escaped = String.raw`\\[^A-Za-z0-9\s]`;
const character = String.raw`[A-Za-z0-9 _\-/:@,;!"#%&'<=>~]`;
const token = new RegExp(
  String.raw`\((?!\?)|\)(?:${quantifier})?|\||(?:${bracket}|${escaped}|${character})(?:${quantifier})?`,
  "g",
);
/** In POSIX, a backslash before an ordinary character is undefined. */
const needlessEscape = /^\\([^.[()*+?{|^$\\])/;

/** In `^a|b$`, neither alternative is anchored at both ends. */
function hasAlternativeOutsideGroups(tokens: readonly string[]): boolean {
  let depth = 0;
  for (const text of tokens) {
    if (text === "(") depth += 1;
    else if (text.startsWith(")")) depth -= 1;
    else if (text === "|" && depth === 0) return true;
  }
  return false;
}
