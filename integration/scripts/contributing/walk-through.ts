import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The steps of a section of a Markdown page: its files, its changes of files, and its commands. */
export interface WalkThrough {
  readonly files: readonly Block[];
  readonly changes: readonly Block[];
  /** Without the prompt: `npm run generate`. */
  readonly commands: readonly string[];
}

/** A code block that names its file after the language. */
interface Block {
  readonly path: string;
  readonly text: string;
}

/** Reads the code blocks of the section with this heading. Throws if there is no such section. */
export function walkThroughIn(page: string, heading: string): WalkThrough {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`The page has no section "${heading}".`);
  const blocks = [...section.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = "", path = "", text = ""]) => ({ language, path, text }),
  );
  const of = (language: string): Block[] => blocks.filter((block) => block.language === language);
  return {
    files: of("ts"),
    changes: of("diff"),
    commands: of("console").flatMap(({ text }) => [...text.matchAll(/^\$ (.*)$/gm)].map(([, command = ""]) => command)),
  };
}

export function writeBlocks(root: string, { files }: WalkThrough): void {
  for (const { path, text } of files) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx" });
  }
}

/** Inserts the lines with `+` after the lines above them, which the text must contain exactly once. */
export function applyChange(text: string, change: string): string {
  const lines = change.trimEnd().split("\n");
  const [before, after] = [lines.filter((line) => !line.startsWith("+")), lines].map((some) =>
    // The first column is the sign.
    some.map((line) => `${line.slice(1)}\n`).join(""),
  );
  if (before === undefined || after === undefined || text.split(before).length !== 2) {
    throw new Error(`The text must contain these lines once:\n${before}`);
  }
  return text.replace(before, () => after);
}
