import { expect, test } from "vitest";
import { applyChange, walkThroughIn } from "./walk-through.ts";

const page = `# Page

## Other

\`\`\`console
$ npm run other
\`\`\`

## Add

Text.

\`\`\`ts src/a.ts
export const a = 1;
\`\`\`

\`\`\`diff src/main.ts
     one,
+    two,
\`\`\`

\`\`\`console
$ npm run generate
wrote docs
$ npm test -- src/a
\`\`\`
`;

test("finds files, changes and commands of one section", () => {
  expect(walkThroughIn(page, "Add")).toMatchObject({
    files: [{ path: "src/a.ts", text: "export const a = 1;\n" }],
    changes: [{ path: "src/main.ts", text: "     one,\n+    two,\n" }],
    commands: ["npm run generate", "npm test -- src/a"],
  });
});

test("rejects a section that is missing", () => {
  expect(() => walkThroughIn(page, "Remove")).toThrow('The page has no section "Remove".');
});

test("inserts lines where the context is, and rejects a context that is missing or ambiguous", () => {
  const change = "     one,\n+    two,\n";
  expect(applyChange("{\n    one,\n    three,\n}\n", change)).toBe("{\n    one,\n    two,\n    three,\n}\n");
  expect(() => applyChange("{\n    three,\n}\n", change)).toThrow("must contain these lines once");
  expect(() => applyChange("    one,\n    one,\n", change)).toThrow("must contain these lines once");
});
