import { option } from "@nixops4-resources/protocol-core";
import { identifier, sql, type Sql } from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";

/** Server parameters: their names, which PostgreSQL compares without case, and their values. */
export const parameters = z.record(
  z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)*$/)),
  z.string(),
);

/** Server parameters of a role or a database, which apply to its new sessions. */
export const settings = option(
  parameters,
  'Server parameters for new sessions, such as `{ work_mem = "64MB"; search_path = "app, public"; }`. A parameter that is not listed is reset.',
  {},
);

export type Settings = z.output<typeof settings>;

/**
 * Entries of pg_db_role_setting (`name=value`). A name or value equal in meaning is returned in the wanted spelling.
 */
export function seenSettings(stored: readonly string[] | null, wanted: Settings): Settings {
  const spelling = new Map(Object.keys(wanted).map((name) => [name.toLowerCase(), name]));
  return Object.fromEntries(
    (stored ?? []).map((entry) => {
      const end = entry.indexOf("=");
      const [storedName, value] = [entry.slice(0, end), entry.slice(end + 1)];
      const name = spelling.get(storedName.toLowerCase()) ?? storedName;
      const wantedValue = wanted[name];
      const isEqual = wantedValue !== undefined && isEqualSetting(name, value, wantedValue);
      return [name, isEqual ? wantedValue : value];
    }),
  );
}

/** The settings with one of the names. */
export function settingsNamed(names: readonly string[], all: Settings): Settings {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted.has(name.toLowerCase())));
}

/** Statements that change the current settings of `target`, such as `role "app"`, into the wanted ones. */
export function settingStatements(target: Sql, current: Settings, wanted: Settings): Sql[] {
  const removed = Object.keys(current).filter((name) => !Object.hasOwn(wanted, name));
  const changed = Object.entries(wanted).filter(([name, value]) => current[name] !== value);
  return [
    ...removed.map((name) => sql`alter ${target} reset ${identifier(name)}`),
    ...changed.map(([name, value]) => sql`alter ${target} set ${identifier(name)} to ${valueOf(name, value)}`),
  ];
}

/**
 * Parameters whose value is a list of names. Each name is quoted separately, since SET reads `'a, b'` as one name.
 * https://github.com/postgres/postgres/blob/REL_18_STABLE/src/bin/pg_dump/dumputils.c (variable_is_guc_list_quote)
 */
const listParameters = new Set([
  "local_preload_libraries",
  "search_path",
  "session_preload_libraries",
  "shared_preload_libraries",
  "temp_tablespaces",
  "unix_socket_directories",
]);

const isList = (name: string): boolean => listParameters.has(name.toLowerCase());

function valueOf(name: string, value: string): Sql {
  if (!isList(name)) return sql`${value}`;
  const [first = "", ...others] = parseList(value);
  return others.reduce((list, item) => sql`${list}, ${item}`, sql`${first}`);
}

function isEqualSetting(name: string, stored: string, wanted: string): boolean {
  if (stored === wanted) return true;
  return isList(name) && JSON.stringify(parseList(stored)) === JSON.stringify(parseList(wanted));
}

/** Splits `a, "b,c"` into `a` and `b,c`. */
function parseList(text: string): string[] {
  const items = text.match(/(?:"(?:[^"]|"")*"|[^,"])+/g) ?? [""];
  return items.map((item) => item.trim()).map((item) => (item.startsWith('"') ? unquote(item) : item));
}

const unquote = (item: string): string => item.slice(1, -1).replaceAll('""', '"');
