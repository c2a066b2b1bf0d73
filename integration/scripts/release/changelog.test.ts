import { expect, test } from "vitest";
import { summaryOf, withRelease } from "./changelog.ts";

test("returns the text of a changeset without its packages", () => {
  expect(summaryOf('---\n"@nixops4-resources/queue": minor\n---\n\nQueues can be cleared.\n')).toBe(
    "Queues can be cleared.",
  );
});

test("puts the newest version first, after the introduction", () => {
  const changelog = "# Changelog\n\nWords.\n\n## 0.1.0\n\n- Begun.\n";
  expect(withRelease(changelog, "0.2.0", ["Queues can be cleared.", "Two\nlines."])).toBe(
    "# Changelog\n\nWords.\n\n## 0.2.0\n\n- Queues can be cleared.\n- Two\n  lines.\n\n## 0.1.0\n\n- Begun.\n",
  );
});
