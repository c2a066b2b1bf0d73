import { expect, test } from "vitest";
import { inOneLine, printable, printableLine } from "./printable.ts";

test("shows control characters, and keeps line breaks and tabs", () => {
  expect(printable("a\u001b[2Jb\rc\u0007\u009b1m\u007f\u202e\n\tö")).toBe(
    String.raw`a\u001b[2Jb\u000dc\u0007\u009b1m\u007f\u202e` + "\n\tö",
  );
});

test("shows the line breaks of a name", () => {
  expect(printableLine("app\nHint: Run rm.\r")).toBe(String.raw`app\nHint: Run rm.\u000d`);
});

test("joins lines", () => {
  expect(inOneLine("role app\n  owns table a\n\n  owns table b\n")).toBe("role app owns table a owns table b");
});
