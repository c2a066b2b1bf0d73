import { expect, test } from "vitest";
import { encodeMark, readMark, withMark } from "./mark.ts";

const mark = { managedBy: "prod", type: "database" };

test("a mark is one line of JSON behind its prefix, and reads back", () => {
  expect(encodeMark(mark)).toBe('nixops4:{"v":1,"managedBy":"prod","type":"database"}');
  expect(readMark(encodeMark(mark))).toEqual(mark);
  expect(readMark(encodeMark({ ...mark, adopted: true }))).toEqual({ ...mark, adopted: true });
});

test("words of a person stay beside it, when it is written, replaced and removed", () => {
  const marked = withMark("Orders of the shop.\nAsk Ada.", mark);
  expect(marked).toBe(`Orders of the shop.\nAsk Ada.\n${encodeMark(mark)}`);
  expect(readMark(marked)).toEqual(mark);
  expect(withMark(marked, { ...mark, managedBy: "staging" })).toContain("Ask Ada.\nnixops4:");
  expect(withMark(marked, undefined)).toBe("Orders of the shop.\nAsk Ada.");
  expect(withMark(encodeMark(mark), undefined)).toBeNull();
});

test.each([null, undefined, "", "made by hand", "about nixops4:{}"])("%o bears none", (text) => {
  expect(readMark(text)).toBeUndefined();
});

test.each(["nixops4:", "nixops4:{", "nixops4:[]", 'nixops4:{"v":9,"owner":"x"}'])(
  "%o is a mark that we cannot read, so the thing is not free",
  (text) => {
    expect(readMark(text)?.managedBy).toBe("(unreadable mark)");
  },
);
