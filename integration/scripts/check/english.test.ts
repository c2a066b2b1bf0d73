import { expect, test } from "vitest";
import { phraseFaults } from "./english.ts";
import { bannedPhrases } from "./phrases.ts";

const faultsIn = (text: string, path = "docs/a.md"): string[] => phraseFaults([{ path, text }]);

test.each([
  "Let `connection` name the port of a name server.",
  "Hint: Let another role own it.",
  "**What to do:** Let the server listen.",
  "What lacks is skipped with its reason.",
  "Tests that lack a server are skipped.",
  "The folder is made where it lacks.",
  "It is created where there is none.",
  "What is in it is not looked at.",
  "A value is made anew.",
  "Every object bears a mark.",
  "Whoever operates the zones.",
  "A value is never made by the way.",
  "A zone that is in the making.",
  "A value that was brought along stays.",
  "A secret comes into being.",
  "Privileges are taken away.",
  "The person is told what to do.",
])("rejects: %s", (text) => {
  expect(faultsIn(text)).toEqual([expect.stringMatching(/^docs\/a\.md:1: ".+"\. Write: .+\.$/)]);
});

test.each([
  "Set `port` in `connection` to the port of the name server.",
  "Tests whose server is missing are skipped, with the reason.",
  "A value is never regenerated as a side effect.",
  "The outlet, the bearings and slack lines are other words.",
  "Every created object carries a mark.",
])("accepts: %s", (text) => {
  expect(faultsIn(text)).toEqual([]);
});

test("reads literals of sources, not comments, and reports the line of the phrase", () => {
  const source = [
    "// It lacks a comment's forgiveness; it's \"quoted\".",
    'const hint = "Let it be.";',
    "/** Whoever reads this. */",
    "const message = `first line",
    "that bears a phrase`;",
  ].join("\n");
  expect(faultsIn(source, "protocol/core/src/a.ts").map((fault) => fault.split(".", 2).join("."))).toEqual([
    'protocol/core/src/a.ts:2: "Let"',
    'protocol/core/src/a.ts:5: "bears"',
  ]);
});

test("every phrase has a suggestion that does not contain a banned phrase itself", () => {
  for (const { instead } of bannedPhrases) expect(faultsIn(instead)).toEqual([]);
});
