import { afterEach, expect, test, vi } from "vitest";
import { program, runSteps } from "./steps.ts";

const written: string[] = [];
vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
afterEach(() => void written.splice(0));

const good = { name: "good", check: () => Promise.resolve(undefined) };

test("succeeds if every step succeeds", async () => {
  expect(await runSteps([good, program("node", process.execPath, "-e", "console.log('noise')")])).toBe(true);
  expect(written.join("")).toMatch(/^ok {5}good \(\d+\.\d s\)\nok {5}node \(\d+\.\d s\)\n$/);
});

test("fails if one step fails, and reports its complaint or the program's output", async () => {
  const bad = { name: "bad", check: () => Promise.resolve("a is no b") };
  const broken = { name: "broken", check: () => Promise.reject(new Error("there is no c")) };
  expect(await runSteps([good, bad])).toBe(false);
  expect(await runSteps([broken])).toBe(false);
  expect(await runSteps([program("node", process.execPath, "-e", "console.error('d'); process.exit(3)")])).toBe(false);
  expect(await runSteps([program("gone", "/nonexistent/program")])).toBe(false);
  const text = written.join("");
  expect(text).toMatch(/FAILED bad .*\n {2}a is no b\n/);
  expect(text).toMatch(/FAILED broken .*\n {2}there is no c\n/);
  expect(text).toMatch(/FAILED node .*\n {2}d\n/);
  expect(text).toMatch(/FAILED gone .*\n {2}spawn .*ENOENT/);
});

test("shortens a long complaint", async () => {
  const lines = Array.from({ length: 100 }, (_, number) => `line ${number}`).join("\n");
  await runSteps([{ name: "long", check: () => Promise.resolve(lines) }]);
  expect(written.join("")).toContain("  line 59\n  ... and 40 lines more\n");
});
