import { ProviderError } from "@nixops4-resources/protocol-core";
import { sql, sqlStateOf, type ReadSession } from "@nixops4-resources/protocol-postgres";
import type { ErrorCode } from "../errors.ts";
import type { DatabaseInputs } from "./inputs.ts";

export type LocaleProvider = NonNullable<DatabaseInputs["localeProvider"]>;

/** Whether both names mean one locale to the provider. */
export const isSameLocale = (provider: LocaleProvider, one: string, other: string): boolean =>
  canonical(provider, one) === canonical(provider, other);

/**
 * libc ignores case and punctuation in the codeset, the part after the dot, and so does the builtin provider for its
 * `C.UTF-8`: https://sourceware.org/git/?p=glibc.git;a=blob;f=intl/l10nflist.c (_nl_normalize_codeset).
 * ICU ignores case, and PostgreSQL 16 and later store its `en_US` as `en-US`.
 */
function canonical(provider: LocaleProvider, name: string): string {
  if (provider === "icu") return name.replaceAll("_", "-").toLowerCase();
  if (name === "POSIX") return "C";
  return name.replace(/\.[^@]*/, (codeset) => `.${codeset.replaceAll(/[^A-Za-z0-9]/g, "").toLowerCase()}`);
}

/** Codes in pg_collation. https://www.postgresql.org/docs/18/catalog-pg-collation.html */
const codes: Record<LocaleProvider, string> = { libc: "c", icu: "i", builtin: "b" };

/** Explains a rejected CREATE DATABASE: the server's message does not say which locales it has. */
export async function explainLocale(session: ReadSession, error: unknown, want: DatabaseInputs): Promise<unknown> {
  // wrong_object_type: libc or the builtin provider does not know the locale.
  if (sqlStateOf(error) !== "42809") return error;
  const provider = want.localeProvider ?? "libc";
  const wanted: [string, string | null, LocaleProvider][] = [
    ["locale", want.locale, provider],
    ["lcCollate", want.lcCollate, "libc"],
    ["lcCtype", want.lcCtype, "libc"],
  ];
  for (const [input, name, ofProvider] of wanted) {
    if (name === null) continue;
    const known = await localesOf(session, ofProvider, want.encoding);
    if (known.some((one) => isSameLocale(ofProvider, one, name))) continue;
    return new ProviderError<ErrorCode>(`the server does not have the locale ${JSON.stringify(name)} (\`${input}\`)`, {
      code: "postgres.database.locale",
      hint: ofProvider === "builtin" ? `Use one of ${known.join(", ")}` : howToGet(near(name, known)),
      cause: error,
    });
  }
  return error;
}

function howToGet(alternatives: readonly string[]): string {
  if (alternatives.length > 0) return `Use one of ${alternatives.join(", ")}; or a locale that you install there`;
  return "Install the locale on the server's machine and restart PostgreSQL";
}

/** The locales for this encoding that the server found when its cluster was created. */
async function localesOf(session: ReadSession, provider: LocaleProvider, encoding: string): Promise<string[]> {
  const rows = await session.query<{ name: string }>(sql`
    select distinct coalesce(to_jsonb(c) ->> 'colllocale', collcollate) as name
    from pg_collation as c
    where collprovider = ${codes[provider]} and collencoding in (-1, pg_char_to_encoding(${encoding}))
    order by 1`);
  return rows.map(({ name }) => name);
}

/** The locales of the same language, with those of the same country first. */
function near(wanted: string, known: readonly string[]): string[] {
  const [language, country] = partsOf(wanted);
  const isSameCountry = (name: string): number => Number(partsOf(name)[1] === country);
  return known
    .filter((name) => partsOf(name)[0] === language)
    .sort((one, other) => isSameCountry(other) - isSameCountry(one))
    .slice(0, 8);
}

const partsOf = (name: string): string[] => name.toLowerCase().split(/[-_.@]/);
