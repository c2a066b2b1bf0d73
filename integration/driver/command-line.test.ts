import { expect, test } from "vitest";
import { defaultJobs, parseCommandLine } from "./command-line.ts";

test("apply takes ./nixops4.nix, everything in it, and the default number of jobs", () => {
  expect(parseCommandLine(["apply"])).toEqual({
    name: "apply",
    source: { kind: "file", file: "nixops4.nix" },
    targets: [],
    jobs: defaultJobs,
    lock: true,
    verbose: false,
  });
});

test("paths, a recording and jobs", () => {
  expect(parseCommandLine(["plan", "a.b", "c", "--recording", "r.json", "--jobs", "2"])).toMatchObject({
    source: { kind: "recording", file: "r.json" },
    targets: [["a", "b"], ["c"]],
    jobs: 2,
    lock: false,
  });
});

test("record keeps variables open", () => {
  expect(parseCommandLine(["record", "--file", "f.nix", "--open", "A", "--open", "B"])).toMatchObject({
    file: "f.nix",
    open: ["A", "B"],
  });
});

test.each([
  [[], "Give a command"],
  [["destory"], "no command destory"],
  [["apply", "--jobs", "0"], "--jobs must be a whole number"],
  [["apply", "--jobs", "many"], "--jobs must be a whole number"],
  [["apply", "--file", "a", "--recording", "b"], "not both"],
  [["apply", "--output", "x"], "apply has no option --output"],
  [["record", "a.b"], "record takes no path"],
  [["record", "--check", "r", "--open", "A"], "give no --output and no --open"],
  [["apply", "--froce"], "--froce"],
])("%j is refused", (argv, reason) => {
  expect(() => parseCommandLine(argv)).toThrow(reason);
});
