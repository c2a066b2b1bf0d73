import { expect, test } from "vitest";
import { defaultJobs, parseCommandLine } from "./command-line.ts";

test("applies all of ./nixops4.nix with the default number of jobs", () => {
  expect(parseCommandLine(["apply"])).toEqual({
    name: "apply",
    source: { kind: "file", file: "nixops4.nix" },
    targets: [],
    jobs: defaultJobs,
    lock: true,
    look: false,
    json: false,
    yes: false,
    verbose: false,
  });
});

test("reads paths, a recording and jobs", () => {
  expect(parseCommandLine(["plan", "a.b", "c", "--recording", "r.json", "--jobs", "2"])).toMatchObject({
    source: { kind: "recording", file: "r.json" },
    targets: [["a", "b"], ["c"]],
    jobs: 2,
    lock: false,
  });
});

test("reads the variables that record leaves open", () => {
  expect(parseCommandLine(["record", "--file", "f.nix", "--open", "A", "--open", "B"])).toMatchObject({
    file: "f.nix",
    open: ["A", "B"],
  });
});

test("reads the file that export writes to", () => {
  expect(parseCommandLine(["export", "a", "--output", "main.tf.json"])).toMatchObject({
    source: { kind: "file", file: "nixops4.nix" },
    targets: [["a"]],
    output: "main.tf.json",
  });
});

test.each([
  [[], "Give a command"],
  [["destory"], "Unknown command destory"],
  [["apply", "--jobs", "0"], "--jobs must be an integer >= 1"],
  [["apply", "--jobs", "many"], "--jobs must be an integer >= 1"],
  [["apply", "--file", "a", "--recording", "b"], "not both"],
  [["apply", "--look"], "apply has no option --look"],
  [["destroy"], "Give the path of each member to destroy"],
  [["destroy", "a", ""], "Give the path of each member to destroy"],
  [["destroy", "a", "--look"], "destroy has no option --look"],
  [["apply", "--json"], "apply has no option --json"],
  [["plan", "--yes"], "plan has no option --yes"],
  [["apply", "--output", "x"], "apply has no option --output"],
  [["export", "--look"], "export has no option --look"],
  [["record", "a.b"], "record accepts no path"],
  [["record", "--check", "r", "--open", "A"], "--check accepts neither --output nor --open"],
  [["apply", "--froce"], "--froce"],
])("rejects %j", (argv, reason) => {
  expect(() => parseCommandLine(argv)).toThrow(reason);
});
