import { expect, test } from "vitest";
import { draftOf, isDeadDraft } from "./draft.ts";

// Above the highest pid that Linux assigns.
const deadPid = 4_194_305;

test("gives each draft of a file a unique name in the file's folder", () => {
  const drafts = Array.from({ length: 100 }, () => draftOf("/srv/notes/motd"));
  expect(new Set(drafts).size).toBe(100);
  for (const draft of drafts) expect(draft).toMatch(/^\/srv\/notes\/\.motd\.[a-z0-9]+\.\d+\.draft$/);
});

test("keeps the drafts of running processes, including its own", () => {
  const own = draftOf("/srv/notes/motd");
  expect(isDeadDraft(own)).toBe(false);
  expect(isDeadDraft(own.replace(`.${process.pid}.`, `.${process.ppid}.`))).toBe(false);
  expect(isDeadDraft(own.replace(`.${process.pid}.`, `.${deadPid}.`))).toBe(true);
});

test.each(["motd", ".motd", "motd.4194305.draft", ".motd.draft"])("does not treat %s as a draft", (name) => {
  expect(isDeadDraft(`/srv/notes/${name}`)).toBe(false);
});
