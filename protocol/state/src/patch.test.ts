import { parseExact, type ExactJson } from "@nixops4-resources/protocol-core";
import { applyPatch as applyWithLibrary, createPatch } from "rfc6902";
import { describe, expect, test } from "vitest";
import { applyPatch } from "./patch.ts";

const apply = (document: string, patch: string): string => {
  const operations = parseExact(patch);
  return JSON.stringify(applyPatch(parseExact(document), Array.isArray(operations) ? operations : [operations]));
};

describe("a patch", () => {
  // https://www.rfc-editor.org/rfc/rfc6902#appendix-A
  test.each([
    ["A.1", '{"foo":"bar"}', '{"op":"add","path":"/baz","value":"qux"}', '{"foo":"bar","baz":"qux"}'],
    ["A.2", '{"foo":["bar","baz"]}', '{"op":"add","path":"/foo/1","value":"qux"}', '{"foo":["bar","qux","baz"]}'],
    ["A.3", '{"baz":"qux","foo":"bar"}', '{"op":"remove","path":"/baz"}', '{"foo":"bar"}'],
    ["A.4", '{"foo":["bar","qux","baz"]}', '{"op":"remove","path":"/foo/1"}', '{"foo":["bar","baz"]}'],
    ["A.5", '{"baz":"qux"}', '{"op":"replace","path":"/baz","value":"boo"}', '{"baz":"boo"}'],
    ["A.6", '{"a":{"b":1},"c":{}}', '{"op":"move","from":"/a/b","path":"/c/d"}', '{"a":{},"c":{"d":1}}'],
    ["A.7", '{"f":[1,2,3,4]}', '{"op":"move","from":"/f/1","path":"/f/3"}', '{"f":[1,3,4,2]}'],
    ["A.8", '{"a":["x",2]}', '[{"op":"test","path":"/a/1","value":2.0}]', '{"a":["x",2]}'],
    ["A.10", '{"foo":"bar"}', '{"op":"add","path":"/child","value":{"g":{}}}', '{"foo":"bar","child":{"g":{}}}'],
    ["A.14", '{"/":9,"~1":10}', '{"op":"test","path":"/~01","value":10}', '{"/":9,"~1":10}'],
    ["A.16", '{"foo":["bar"]}', '{"op":"add","path":"/foo/-","value":["abc"]}', '{"foo":["bar",["abc"]]}'],
    ["the root", '{"a":1}', '{"op":"add","path":"","value":[]}', "[]"],
    ["a copy", '{"a":{"b":[1]}}', '{"op":"copy","from":"/a/b","path":"/c"}', '{"a":{"b":[1]},"c":[1]}'],
    ["null", '{"a":null}', '{"op":"replace","path":"/a","value":{"b":null}}', '{"a":{"b":null}}'],
  ])("applies %s", (_name, document, patch, result) => {
    expect(apply(document, patch)).toBe(result);
  });

  test.each([
    ['{"op":"add","path":"/b/c","value":1}', 'nothing exists at "b"'],
    ['{"op":"replace","path":"/b","value":1}', 'replace "/b": nothing exists at "b"'],
    ['{"op":"remove","path":"/a/2"}', 'nothing exists at "2"'],
    ['{"op":"add","path":"/a/01","value":1}', 'nothing exists at "01"'],
    ['{"op":"add","path":"/a/3","value":1}', 'nothing exists at "3"'],
    ['{"op":"add","path":"/s/x","value":1}', 'nothing exists at "x"'],
    ['{"op":"test","path":"/a","value":[1,3]}', "the value differs"],
    ['{"op":"test","path":"/a","value":["1","2"]}', "the value differs"],
    ['{"op":"move","from":"/a","path":"/a/0"}', "a value cannot be moved into itself"],
    ['{"op":"remove","path":""}', "the whole document cannot be removed"],
    ['{"op":"remove","path":"/toString"}', 'nothing exists at "toString"'],
    ['{"op":"spam","path":""}', "has an unknown `op`; expected one of add, copy"],
    ['{"op":"add","path":"a","value":1}', "has no valid `path`"],
    ['{"op":"add","path":"/b"}', "has no `value`"],
    ['{"op":"move","path":"/b"}', "has no valid `from`"],
    ["1", "is not an object"],
  ])("rejects %s", (patch, reason) => {
    expect(() => apply('{"a":[1,2],"s":"text"}', patch)).toThrow(reason);
  });

  test("applies completely or not at all, without changing the original document", () => {
    const before = parseExact('{"resources":{"a":{"x":[1]}},"deployments":{}}');
    const text = JSON.stringify(before);
    const after = applyPatch(before, [{ op: "add", path: "/resources/b", value: 1 }]);
    expect(JSON.stringify(after)).toBe('{"resources":{"a":{"x":[1]},"b":1},"deployments":{}}');
    expect(() =>
      applyPatch(before, [
        { op: "add", path: "/resources/a/x/0", value: 0 },
        { op: "remove", path: "/resources/c" },
      ]),
    ).toThrow('operation 2 of the patch, remove "/resources/c"');
    expect(JSON.stringify(before)).toBe(text);
  });

  test("keeps the format of numbers", () => {
    const largest = '{"r":{"port":1.0,"n":9223372036854775807}}';
    expect(apply('{"r":null}', `{"op":"replace","path":"/r","value":${largest.slice(5, -1)}}`)).toBe(largest);
    expect(apply(largest, '{"op":"copy","from":"/r/n","path":"/r/m"}')).toContain('"m":9223372036854775807');
  });

  test.each(["constructor", "prototype", "__proto__", "toString", "0", "-", "", "~", "a/b", "ä b"])(
    "treats a resource named %j like any other",
    (name) => {
      const path = `/resources/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      const made = apply('{"resources":{}}', JSON.stringify({ op: "add", path, value: { in: {} } }));
      expect(made).toBe(`{"resources":{${JSON.stringify(name)}:{"in":{}}}}`);
      const deeper = apply(made, JSON.stringify({ op: "add", path: `${path}/in/x`, value: 1 }));
      expect(deeper).toBe(`{"resources":{${JSON.stringify(name)}:{"in":{"x":1}}}}`);
      expect(apply(deeper, JSON.stringify({ op: "remove", path }))).toBe('{"resources":{}}');
    },
  );

  test("gives the same result as another implementation for random documents", () => {
    let seed = 1;
    const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const value = (depth: number): ExactJson => {
      if (depth === 0 || random(4) === 0) return [null, true, random(9), `t${random(3)}`][random(4)] ?? null;
      if (random(2) === 0) return Array.from({ length: random(4) }, () => value(depth - 1));
      return Object.fromEntries(Array.from({ length: random(4) }, () => [`k${random(6)}`, value(depth - 1)]));
    };
    for (let round = 0; round < 300; round++) {
      const [before, after] = [{ root: value(4) }, { root: value(4) }];
      const patch = createPatch(before, after);
      expect(applyPatch(before, JSON.parse(JSON.stringify(patch)))).toEqual(after);
      expect(applyWithLibrary(before, patch).every((failure) => failure === null)).toBe(true);
      expect(before).toEqual(after);
    }
  });
});
