import { expect, test } from "vitest";
import { encodeMark, isSameMark, readMark, withMark } from "./mark.ts";

const mark = { managedBy: "prod", type: "database" };

test("encodes a mark as one line of JSON after its prefix, and reads it back", () => {
  expect(encodeMark(mark)).toBe('nixops4:{"v":1,"managedBy":"prod","type":"database"}');
  expect(readMark(encodeMark(mark))).toEqual(mark);
  expect(readMark(encodeMark({ ...mark, adopted: true }))).toEqual({ ...mark, adopted: true });
});

test("keeps a person's words when the mark is written, replaced or removed", () => {
  const marked = withMark("Orders of the shop.\nAsk Ada.", mark);
  expect(marked).toBe(`Orders of the shop.\nAsk Ada.\n${encodeMark(mark)}`);
  expect(readMark(marked)).toEqual(mark);
  expect(withMark(marked, { ...mark, managedBy: "staging" })).toContain("Ask Ada.\nnixops4:");
  expect(withMark(marked, undefined)).toBe("Orders of the shop.\nAsk Ada.");
  expect(withMark(encodeMark(mark), undefined)).toBeNull();
});

test.each([null, undefined, "", "made by hand", "about nixops4:{}"])("finds no mark in %o", (text) => {
  expect(readMark(text)).toBeUndefined();
});

test.each(["nixops4:", "nixops4:{", "nixops4:[]", 'nixops4:{"v":9,"owner":"x"}'])(
  "reads %o as an unreadable mark, so that the object is not adopted",
  (text) => {
    expect(readMark(text)?.managedBy).toBe("(unreadable mark)");
  },
);

test("keeps members that this version does not know", () => {
  const text = 'nixops4:{"v":1,"managedBy":"prod","type":"pool","quota":{"vms":3}}';
  expect(readMark(text)).toEqual({ managedBy: "prod", type: "pool", more: { quota: { vms: 3 } } });
  expect(withMark(text, readMark(text))).toBe(text);
});

test("tells equal marks from changed ones", () => {
  expect(isSameMark(undefined, undefined)).toBe(true);
  expect(isSameMark(mark, { ...mark })).toBe(true);
  expect(isSameMark(mark, undefined)).toBe(false);
  expect(isSameMark(mark, { ...mark, adopted: true })).toBe(false);
  expect(isSameMark(mark, { ...mark, more: { quota: 1 } })).toBe(false);
});
