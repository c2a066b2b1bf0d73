import { expect, test } from "vitest";
import { runWith } from "../request/context.ts";
import { KnownSecrets } from "../secrets/known-secrets.ts";
import { safeText } from "./safe-text.ts";

test("cuts a long text, also in the middle of a character", () => {
  expect(safeText("a".repeat(301))).toBe(`${"a".repeat(300)}…`);
  expect(safeText("ab🙂", 3)).toBe("ab\ufffd…");
  expect(safeText("a".repeat(300))).toHaveLength(300);
});

test("puts lines on one, and shows control and hidden characters", () => {
  expect(safeText(" one\r\n\ttwo\n")).toBe("one two");
  expect(safeText("a\u001b[2J\u202e\u200b\u2028\0\u{e0041}")).toBe(
    String.raw`a\u001b[2J\u202e\u200b\u2028\u0000\u{e0041}`,
  );
});

test("removes a secret that the cut would divide", () => {
  using secrets = new KnownSecrets();
  secrets.add("hunter2-and-more");
  const text = runWith({ secrets }, () => safeText("the password hunter2-and-more is wrong", 20));
  expect(text).not.toContain("hunter2");
  expect(text).toMatch(/^the password \[secret…$/);
});
