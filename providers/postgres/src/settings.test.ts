import { sql } from "@nixops4-resources/protocol-postgres";
import { describe, expect, test } from "vitest";
import { seenSettings, settingsNamed, settingStatements, type Settings } from "./settings.ts";

const statements = (current: Settings, wanted: Settings): string[] =>
  settingStatements(sql`role "app"`, current, wanted).map(({ text }) => text);

describe("settings", () => {
  test("sets new ones, changes different ones and resets unlisted ones", () => {
    expect(statements({ work_mem: "4MB", jit: "off" }, { work_mem: "8MB", "app.user": "it's" })).toEqual([
      `alter role "app" reset "jit"`,
      `alter role "app" set "work_mem" to '8MB'`,
      `alter role "app" set "app.user" to 'it''s'`,
    ]);
    expect(statements({ jit: "off" }, { jit: "off" })).toEqual([]);
  });

  test("sets a list of names name by name", () => {
    expect(statements({}, { search_path: '"$user", app,"a,b"' })).toEqual([
      `alter role "app" set "search_path" to '$user', 'app', 'a,b'`,
    ]);
    expect(statements({}, { search_path: "" })).toEqual([`alter role "app" set "search_path" to ''`]);
  });

  test("returns equal names and values in the wanted spelling", () => {
    const stored = ["TimeZone=UTC", 'search_path="$user", app', "options=a=b"];
    const wanted = { timezone: "UTC", search_path: '"$user",app' };
    expect(seenSettings(stored, wanted)).toEqual({ ...wanted, options: "a=b" });
    expect(seenSettings(stored, { search_path: "app" })).toMatchObject({ search_path: '"$user", app' });
    expect(seenSettings(null, wanted)).toEqual({});
  });

  test("selects those with a name, whatever its case", () => {
    expect(settingsNamed(["timezone", "jit"], { TimeZone: "UTC", work_mem: "4MB" })).toEqual({ TimeZone: "UTC" });
  });
});
