import { readMark, type Listed } from "@nixops4-resources/protocol-core";
import { sql, type ReadSession } from "@nixops4-resources/protocol-postgres";
import { identityIn } from "./identity.ts";
import type { DatabaseInputs } from "./inputs.ts";
import { isSameLocale, type LocaleProvider } from "./locale.ts";
import { seenSettings } from "../settings.ts";

/**
 * A database in the shape of the inputs, without its template, which PostgreSQL does not record, and without `newSite`,
 * which is a permission.
 */
export type SeenDatabase = Omit<DatabaseInputs, "template" | "newSite"> & { comment: string | null };

interface Row {
  owner: string;
  encoding: string;
  isWantedEncoding: boolean;
  localeProvider: LocaleProvider;
  /** Locale of icu or builtin; null for libc. */
  providerLocale: string | null;
  lcCollate: string;
  lcCtype: string;
  connectionLimit: number;
  allowConnections: boolean;
  revokePublicConnect: boolean;
  settings: string[] | null;
  comment: string | null;
}

/**
 * The current state of a database. A value equal in meaning to the wanted one is returned in the wanted spelling. The
 * locale of icu has another column before PostgreSQL 17. https://www.postgresql.org/docs/18/catalog-pg-database.html
 */
export async function selectDatabase(session: ReadSession, wanted: DatabaseInputs): Promise<SeenDatabase | undefined> {
  const [row] = await session.query<Row>(sql`
    select pg_get_userbyid(datdba) as owner, pg_encoding_to_char(encoding) as encoding,
           encoding = pg_char_to_encoding(${wanted.encoding}) as "isWantedEncoding",
           case datlocprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end as "localeProvider",
           coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') as "providerLocale",
           datcollate as "lcCollate", datctype as "lcCtype", datconnlimit as "connectionLimit",
           datallowconn as "allowConnections",
           not has_database_privilege('public', d.oid, 'connect') as "revokePublicConnect",
           (select setconfig from pg_db_role_setting where setdatabase = d.oid and setrole = 0) as settings,
           shobj_description(d.oid, 'pg_database') as comment
    from pg_database as d where datname = ${wanted.name}`);
  if (row === undefined) return undefined;
  const { providerLocale: _, isWantedEncoding, ...seen } = row;
  return {
    ...seen,
    name: wanted.name,
    owner: ignoreUnlessWanted(wanted.owner, row.owner),
    encoding: isWantedEncoding ? wanted.encoding : row.encoding,
    localeProvider: wanted.localeProvider === null && wanted.locale === null ? null : seenProvider(row, wanted),
    locale: seenLocale(row, wanted),
    lcCollate: seenName("libc", row.lcCollate, wanted.lcCollate),
    lcCtype: seenName("libc", row.lcCtype, wanted.lcCtype),
    settings: seenSettings(row.settings, wanted.settings),
    identity: ignoreUnlessWanted(wanted.identity, identityIn(readMark(row.comment)) ?? null),
  };
}

/** Null means that any value will do, so it is returned as null. */
const ignoreUnlessWanted = <T>(wanted: T | null, seen: T): T | null => (wanted === null ? null : seen);

/** A locale without a provider is a libc locale. */
const seenProvider = ({ localeProvider }: Row, wanted: DatabaseInputs): DatabaseInputs["localeProvider"] =>
  wanted.localeProvider === null && localeProvider === "libc" ? null : localeProvider;

/** A locale equal in meaning to the wanted one is returned in the wanted spelling. */
const seenName = (provider: LocaleProvider, seen: string, wanted: string | null): string | null =>
  wanted === null || isSameLocale(provider, seen, wanted) ? wanted : seen;

function seenLocale(
  { localeProvider, providerLocale, lcCollate, lcCtype }: Row,
  { locale, ...wanted }: DatabaseInputs,
): string | null {
  if (localeProvider !== "libc") return seenName(localeProvider, providerLocale ?? "", locale);
  // `locale` sets both, except for the one that has an input of its own.
  const parts = [...(wanted.lcCollate === null ? [lcCollate] : []), ...(wanted.lcCtype === null ? [lcCtype] : [])];
  return parts.map((part) => seenName("libc", part, locale)).find((part) => part !== locale) ?? locale;
}

export async function listDatabases(session: ReadSession, managedBy: string): Promise<Listed[]> {
  const rows = await session.query<{ name: string; comment: string }>(sql`
    select datname as name, shobj_description(oid, 'pg_database') as comment from pg_database
    where shobj_description(oid, 'pg_database') like '%nixops4:%' order by 1`);
  return rows.flatMap(({ name, comment }) => {
    const mark = readMark(comment);
    if (mark?.managedBy !== managedBy) return [];
    const identity = identityIn(mark);
    return [{ label: name, inputs: { name, ...(identity !== undefined && { identity }) }, mark }];
  });
}
