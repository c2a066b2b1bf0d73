/** A source file, by its path from the root. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/**
 * The differences between the error codes in sources and those in catalogues, as sentences: a code that no catalogue
 * explains, and an explained code that no source uses. A code is a literal, so that it can be searched for.
 */
export function codeFaults(sources: readonly Source[], catalogued: ReadonlySet<string>): string[] {
  const used = new Map<string, string>();
  for (const { path, text } of sources) {
    for (const code of codesIn(text, catalogued)) used.set(code, path);
  }
  return [
    ...[...used]
      .filter(([code]) => !catalogued.has(code))
      .map(([code, path]) => `${path} uses the error ${code}, which no errors.ts explains.`),
    ...[...catalogued]
      .filter((code) => !used.has(code))
      .map((code) => `No source uses the error ${code} of errors.ts.`),
  ].sort();
}

function codesIn(text: string, catalogued: ReadonlySet<string>): string[] {
  const literals = [...text.matchAll(/"([a-z][A-Za-z0-9_-]*(?:\.[a-z][A-Za-z0-9_-]*)+)"/g)].map(
    ([, literal = ""]) => literal,
  );
  const given = [...text.matchAll(/\bcode: "([^"]+\.[^"]+)"/g)].map(([, literal = ""]) => literal);
  return [...literals.filter((literal) => catalogued.has(literal)), ...given];
}
