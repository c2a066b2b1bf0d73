import type { ErrorCatalogue } from "../report/error.ts";
import type { ProviderDescription } from "../serve/describe.ts";
import { blocks, code, fenced, list, sentence, table } from "./markdown.ts";

/** The text of `docs/errors.md`: every code of the suite. Throws if two catalogues explain a code differently. */
export function generateErrorDocs(catalogues: readonly ErrorCatalogue[]): string {
  const errors = Object.entries(merge(catalogues)).sort(byCode);
  const families = Map.groupBy(errors, ([name]) => familyOf(name));
  return blocks(
    "<!-- Written by `npm run generate` from the errors.ts of every package; do not edit. -->",
    "# Errors",
    "Every error begins with its code in brackets. It names the failed step and the reason, and ends with a hint:",
    fenced(
      "text",
      "[protocol.ownership.unmarked] Unable to update file motd: it exists and carries no mark of a deployment.\nHint: Set `adopt = true` on this resource to take it over, or give the resource another name.",
    ),
    list([
      "The meaning of a code never changes.",
      "With `NIXOPS4_RESOURCES_LOG=debug` a provider logs more details to stderr.",
      "[docs/outcomes.md](outcomes.md) explains `created`, `unchanged` and the other outcomes.",
    ]),
    ...[...families].flatMap(([family, members]) => [
      `## ${family}`,
      ...members.flatMap(([name, { meaning, remedy }]) => [
        `### ${name}`,
        sentence(meaning),
        `**What to do:** ${sentence(remedy)}`,
      ]),
    ]),
  ).concat("\n");
}

function merge(catalogues: readonly ErrorCatalogue[]): ErrorCatalogue {
  const all: ErrorCatalogue = {};
  for (const [name, entry] of catalogues.flatMap((catalogue) => Object.entries(catalogue))) {
    const known = all[name];
    if (known !== undefined && (known.meaning !== entry.meaning || known.remedy !== entry.remedy))
      throw new Error(`Unable to document ${name}: two catalogues explain it differently.`);
    all[name] = entry;
  }
  return all;
}

/**
 * The errors of a provider's page. It lists the provider's own codes, and links the families that it shares with others.
 * The first word of an own code is the provider's name.
 */
export function errorsPart({ provider, errors }: ProviderDescription): string {
  const own = provider.name.replaceAll("-", "_");
  const families = Map.groupBy(Object.entries(errors).sort(byCode), ([name]) => familyOf(name));
  const rows = families.get(own) ?? [];
  const shared = [...families.keys()].filter((family) => family !== own);
  const links = shared.map((family) => `[${code(family)}](../errors.md#${family})`).join(", ");
  return blocks(
    "## Errors",
    rows.length === 0
      ? undefined
      : table(
          ["code", "meaning", "remedy"],
          rows.map(([name, { meaning, remedy }]) => [code(name), sentence(meaning), sentence(remedy)]),
        ),
    `A request can also fail with a code that several providers share. [docs/errors.md](../errors.md) explains them: ${links}.`,
  );
}

const familyOf = (name: string): string => name.split(".", 1)[0] ?? name;

const byCode = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;
