/**
 * A JavaScript pattern as the POSIX extended regular expression that Nix' `builtins.match` takes, where both mean the
 * same; undefined where they do not, and only the provider can check.
 *
 * Both must hold the whole value: the pattern is anchored at both ends, and POSIX matching always is. What is left out
 * because it means something else there, or counts bytes instead of characters: `.`, negated classes, classes like
 * `\d`, groups that begin with `?`, lazy quantifiers, empty alternatives, and a backslash within brackets. Flags never
 * reach JSON Schema, so a pattern of a schema must not need any.
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
/** POSIX leaves open what a backslash before an ordinary character means. */
const needlessEscape = /^\\([^.[()*+?{|^$\\])/;

/** `^a|b$` is anchored at neither end of both. */
function hasAlternativeOutsideGroups(tokens: readonly string[]): boolean {
  let depth = 0;
  for (const text of tokens) {
    if (text === "(") depth += 1;
    else if (text.startsWith(")")) depth -= 1;
    else if (text === "|" && depth === 0) return true;
  }
  return false;
}
