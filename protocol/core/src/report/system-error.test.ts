import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { expect, test } from "vitest";
import { FailedStep } from "../converge/step.ts";
import { explain } from "../serve/explain.ts";

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("It did not fail.");
}

function writeTo(path: string): void {
  const file = openSync(path, "w");
  try {
    writeSync(file, "x");
  } finally {
    closeSync(file);
  }
}

const folder = (): string => mkdtempSync("/tmp/system-error-");

test.each([
  ["a full disk", () => writeTo("/dev/full"), "protocol.system.full", "write: no space is left (ENOSPC)"],
  ["a folder in place of a file", () => readFileSync("/tmp"), "protocol.system.path", "it is a folder (EISDIR)"],
  ["a missing file", () => readFileSync("/nowhere"), "protocol.system.path", "open /nowhere: it does not exist"],
  ["a file in place of a folder", () => mkdirSync("/etc/passwd/x"), "protocol.system.path", "not a folder"],
  ["a NUL in a name", () => writeFileSync("/tmp/a\0b", ""), "protocol.system.path", "contains a NUL character"],
  ["a long name", () => writeFileSync(`/tmp/${"x".repeat(300)}`, ""), "protocol.system.path", "name is too long"],
  [
    "too many open files",
    () => {
      throw Object.assign(new Error("EMFILE: too many open files, open '/a'"), {
        code: "EMFILE",
        syscall: "open",
        path: "/a",
      });
    },
    "protocol.system.limit",
    "open /a: this process has too many open files (EMFILE)",
  ],
])("explains %s as the user's environment", (_name, work, code, words) => {
  const text = explain(new FailedStep("create", { type: "box", label: "a" }, thrownBy(work)), "answer");
  expect(text).toContain(`[${code}] Unable to create box a: `);
  expect(text).toContain(words);
  expect(text).toContain("\nHint: ");
});

test("names the first error if a cleanup failed after it", () => {
  const path = folder();
  const first = thrownBy(() => readFileSync(path));
  rmdirSync(path);
  const wrapped = new SuppressedError(
    thrownBy(() => rmdirSync(path)),
    first,
  );
  expect(explain(wrapped, "answer")).toContain("it is a folder (EISDIR)");
});

test("reports every other error as a bug", () => {
  expect(explain(new TypeError("x is not a function"), "answer")).toMatch(/^\[protocol\.bug\] .*x is not a function/);
  expect(explain(Object.assign(new Error("odd"), { code: "toString" }), "answer")).toContain("[protocol.bug]");
});

test("shows the escapes of a name in place of sending them to the terminal", () => {
  const label = "app\u001b[2J\r\nHint: Run rm.";
  const text = explain(new FailedStep("create", { type: "box", label }, new Error("\u009b1mno")), "answer");
  expect(text.split("\n")).toHaveLength(2);
  expect(text).toContain(String.raw`create box app\u001b[2J\u000d\nHint: Run rm.`);
  expect(text).toContain(String.raw`\u009b1mno`);
});
