// Nix expressions as text. Equal values give equal text.

const keywords = new Set(["assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"]);

export function nixString(text: string): string {
  return `"${text.replace(/[\\"]|\$\{/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

/** An attribute name, quoted if necessary. */
export function nixName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_'-]*$/.test(name) && !keywords.has(name) ? name : nixString(name);
}

/** A JSON value as a Nix literal that is valid in a list or as an argument. */
export function nixLiteral(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return nixString(value);
  if (typeof value === "number") return value < 0 ? `(${nixNumber(value)})` : nixNumber(value);
  if (Array.isArray(value)) return nixList(value.map(nixLiteral));
  if (typeof value === "object")
    return inBraces(Object.entries(value).map(([name, member]) => `${nixName(name)} = ${nixLiteral(member)};`));
  throw new TypeError(`Unable to write a ${typeof value} in Nix.`);
}

export function nixList(elements: readonly string[]): string {
  return `[ ${elements.map((element) => `${element} `).join("")}]`;
}

/** `{ ... }` with one member per line. Each member already ends with a semicolon. */
export function nixSet(members: readonly string[]): string {
  return members.length === 0 ? "{ }" : `{\n${indent(members.join("\n"))}\n}`;
}

/** An expression as an argument of a function. */
export function asArgument(expression: string): string {
  return /^[^\s]*$/.test(expression) || /^[[(][^\n]*[\])]$/.test(expression) ? expression : `(${expression})`;
}

export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

function inBraces(members: readonly string[]): string {
  return `{ ${members.map((member) => `${member} `).join("")}}`;
}

/** Nix accepts an exponent only after a decimal point. */
function nixNumber(value: number): string {
  const text = String(value);
  return text.includes("e") && !text.includes(".") ? text.replace("e", ".0e") : text;
}
