import { describe, expect, test } from "vitest";
import { hashOf, isSharedNote, noteOfLines, ownerLinesOf, ownersOf, type OwnerLine } from "./owner-line.ts";

const line = (managedBy: string, value: string, other: Partial<OwnerLine> = {}): OwnerLine => ({
  mark: { managedBy, type: "rrset" },
  part: null,
  value: hashOf(value),
  hasReverse: false,
  ...other,
});

describe("the note of a shared set", () => {
  const lines = [
    line("shop", "a", { part: "spf", hasReverse: true }),
    line("blog", "b", { mark: { managedBy: "blog", type: "rrset", adopted: true, more: { later: 1 } } }),
  ];

  test("contains every owner line, including members of later versions, in one order", () => {
    const note = noteOfLines(lines);
    expect(noteOfLines(lines.toReversed())).toBe(note);
    expect(ownerLinesOf(note)).toHaveLength(2);
    expect(ownerLinesOf(note)).toEqual(expect.arrayContaining(lines));
    expect(noteOfLines(ownerLinesOf(note))).toBe(note);
    expect(isSharedNote(note)).toBe(true);
    expect(ownersOf(note)).toBe("the deployments blog, shop (part spf)");
  });

  test.each([null, "", 'nixops4:{"v":1,"managedBy":"shop","type":"rrset"}\nptr', "a person's words"])(
    "is not %j",
    (note) => {
      expect(isSharedNote(note)).toBe(false);
    },
  );
});
