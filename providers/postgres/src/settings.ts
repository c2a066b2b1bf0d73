import { option } from "@nixops4-resources/protocol-core";
import { identifier, sql, type Sql } from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";

/** Parameters that a session starts with, as a role or a database has them. */
export const settings = option(
  z.record(z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)*$/)), z.string()),
  'Parameters of the server that sessions start with, such as `{ work_mem = "64MB"; search_path = "app, public"; }`. One that is taken out of here is reset.',
  {},
);

export type Settings = z.output<typeof settings>;

/** What pg_db_role_setting has (`name=value`), in the wanted spelling where it means the same. */
export function seenSettings(stored: readonly string[] | null, wanted: Settings): Settings {
  const spelling = new Map(Object.keys(wanted).map((name) => [name.toLowerCase(), name]));
  return Object.fromEntries(
    (stored ?? []).map((entry) => {
      const end = entry.indexOf("=");
      const [own, value] = [entry.slice(0, end), entry.slice(end + 1)];
      const name = spelling.get(own.toLowerCase()) ?? own;
      const asWanted = wanted[name];
      return [name, asWanted !== undefined && isSameValue(name, value, asWanted) ? asWanted : value];
    }),
  );
}

/** The statements that bring `target`, such as `role "app"`, from its settings to the wanted ones. */
export function settingStatements(target: Sql, current: Settings, wanted: Settings): Sql[] {
  const gone = Object.keys(current).filter((name) => !Object.hasOwn(wanted, name));
  const changed = Object.entries(wanted).filter(([name, value]) => current[name] !== value);
  return [
    ...gone.map((name) => sql`alter ${target} reset ${identifier(name)}`),
    ...changed.map(([name, value]) => sql`alter ${target} set ${identifier(name)} to ${valueOf(name, value)}`),
  ];
}

/**
 * Parameters whose value is a list of names, each quoted by itself: SET takes `'a, b'` for one name with a comma in it.
 * https://github.com/postgres/postgres/blob/REL_18_STABLE/src/bin/pg_dump/dumputils.c (variable_is_guc_list_quote)
 */
const lists = new Set([
  "local_preload_libraries",
  "search_path",
  "session_preload_libraries",
  "shared_preload_libraries",
  "temp_tablespaces",
  "unix_socket_directories",
]);

const isList = (name: string): boolean => lists.has(name.toLowerCase());

function valueOf(name: string, value: string): Sql {
  if (!isList(name)) return sql`${value}`;
  const [first = "", ...others] = parseList(value);
  return others.reduce((list, item) => sql`${list}, ${item}`, sql`${first}`);
}

function isSameValue(name: string, stored: string, wanted: string): boolean {
  if (stored === wanted) return true;
  return isList(name) && JSON.stringify(parseList(stored)) === JSON.stringify(parseList(wanted));
}

/** `a, "b,c"` as its items: `a` and `b,c`. */
function parseList(text: string): string[] {
  const items = text.match(/(?:"(?:[^"]|"")*"|[^,"])+/g) ?? [""];
  return items.map((item) => item.trim()).map((item) => (item.startsWith('"') ? unquote(item) : item));
}

const unquote = (item: string): string => item.slice(1, -1).replaceAll('""', '"');
