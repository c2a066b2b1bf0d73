import type { ErrorCatalogue } from "../report/error.ts";
import { blocks, sentence } from "./markdown.ts";

/** The text of `docs/errors.md`: every code of the suite. Throws where two catalogues explain one code differently. */
export function generateErrorDocs(catalogues: readonly ErrorCatalogue[]): string {
  const errors = Object.entries(merge(catalogues)).sort(([a], [b]) => (a < b ? -1 : 1));
  const families = Map.groupBy(errors, ([code]) => code.split(".", 1)[0] ?? code);
  return blocks(
    "<!-- Written by `npm run generate` from the errors.ts of every package; do not edit. -->",
    "# Errors",
    "Every error begins with its code in brackets, then says what could not be done and why, and ends with a hint:",
    "```text\n[protocol.ownership.unmarked] Unable to update file motd: it exists and bears no mark of a deployment.\nHint: If this deployment is to take it over, set `adopt = true` on this resource; else give it another name.\n```",
    "Codes never change their meaning. With `NIXOPS4_RESOURCES_LOG=debug` a provider says more on stderr.",
    ...[...families].flatMap(([family, members]) => [
      `## ${family}`,
      ...members.flatMap(([code, { meaning, remedy }]) => [
        `### ${code}`,
        sentence(meaning),
        `**What to do:** ${sentence(remedy)}`,
      ]),
    ]),
  ).concat("\n");
}

function merge(catalogues: readonly ErrorCatalogue[]): ErrorCatalogue {
  const all: ErrorCatalogue = {};
  for (const [code, entry] of catalogues.flatMap((catalogue) => Object.entries(catalogue))) {
    const known = all[code];
    if (known !== undefined && (known.meaning !== entry.meaning || known.remedy !== entry.remedy))
      throw new Error(`Unable to document ${code}: two catalogues explain it differently.`);
    all[code] = entry;
  }
  return all;
}
