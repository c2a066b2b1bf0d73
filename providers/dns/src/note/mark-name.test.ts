import { isWithin, nameToText } from "@nixops4-resources/dns-client";
import { describe, expect, test } from "vitest";
import type { Key } from "../stored.ts";
import { isReserved, keyOfMark, markNameOf } from "./mark-name.ts";

const labels = ["*", "_wildcard", "__wildcard", "wildcard", "_delegation", "www", "_nixops4-a", "a.b", "_"];
const types = ["A", "NS", "DS", "TXT", "CNAME", "DNAME", "LOC", "TYPE65400"];

/** All names of up to three of these labels below a zone, the zone's own included. */
function* namesIn(zone: string): Iterable<string> {
  const below = (above: readonly string[]): string =>
    above.length === 0 ? zone : `${nameToText(above.map((label) => Buffer.from(label))).slice(0, -1)}.${zone}`;
  yield zone;
  for (const one of labels) {
    yield below([one]);
    for (const two of labels) {
      yield below([one, two]);
      for (const three of labels) yield below([one, two, three]);
    }
  }
}

describe.each(["example.org.", "x._delegation.org.", "_wildcard.org.", "_delegation."])("the marks in %s", (zone) => {
  test("have a name of their own for every key, which leads back to the key", () => {
    const keys: Key[] = [...namesIn(zone)]
      .flatMap((name) => types.map((type) => ({ name, type })))
      // They are in the parent zone.
      .filter(({ name, type }) => !(name === zone && type === "DS"));
    const names = new Map<string, Key>();
    for (const key of keys) {
      const name = markNameOf(key, zone);
      expect(names.get(name), `${name} of ${key.name} ${key.type}`).toBeUndefined();
      names.set(name, key);
      expect(keyOfMark(name, zone)).toEqual(key);
      expect(isWithin(name, zone)).toBe(true);
      expect(isReserved(name)).toBe(true);
    }
    expect(names.size).toBe(keys.length);
  });
});

test("a wildcard and `_wildcard` do not share a mark", () => {
  expect(markNameOf({ name: "*.example.org.", type: "A" }, "example.org.")).toBe("_nixops4-a._wildcard.example.org.");
  expect(markNameOf({ name: "_wildcard.example.org.", type: "A" }, "example.org.")).toBe(
    "_nixops4-a.__wildcard.example.org.",
  );
});

test("a type that had no name before keeps the mark of its number", () => {
  const mark = "_nixops4-type29.www.example.org.";
  expect(markNameOf({ name: "www.example.org.", type: "LOC" }, "example.org.")).toBe(mark);
  expect(keyOfMark(mark, "example.org.")).toEqual({ name: "www.example.org.", type: "LOC" });
  expect(keyOfMark("_nixops4-loc.www.example.org.", "example.org.")).toBeUndefined();
});

test("the mark of a DNAME record is not below its name, which the record hides", () => {
  expect(markNameOf({ name: "old.example.org.", type: "DNAME" }, "example.org.")).toBe(
    "_nixops4-dname.old._delegation.example.org.",
  );
});
