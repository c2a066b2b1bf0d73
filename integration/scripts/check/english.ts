import { bannedPhrases } from "./phrases.ts";

/** A text that users meet, or a source with such texts in its literals. */
interface Source {
  readonly path: string;
  readonly text: string;
}

/** One sentence for each banned phrase: where it is, and what to write instead. Comments are ignored. */
export function phraseFaults(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) =>
    textsIn(path, text).flatMap(({ line, words }) =>
      bannedPhrases.flatMap(({ pattern, instead }) => {
        const found = pattern.exec(words);
        if (found === null) return [];
        const phrase = found[0].replace(/^\W+/, "").trim();
        const at = line + newlines(words.slice(0, found.index));
        return [`${path}:${at}: "${phrase}". Write: ${instead}.`];
      }),
    ),
  );
}

interface Text {
  readonly line: number;
  readonly words: string;
}

function textsIn(path: string, text: string): Text[] {
  if (!/\.[cm]?[jt]s$/.test(path)) return text.split("\n").map((words, index) => ({ line: index + 1, words }));
  return [...text.matchAll(token)]
    .filter(([match]) => /^["`']/.test(match))
    .map(({ 0: literal, index }) => ({ line: 1 + newlines(text.slice(0, index)), words: literal.slice(1, -1) }));
}

/** Comments and literals, so that quotation marks in comments begin no literal. */
const token = /\/\/.*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g;

const newlines = (text: string): number => text.split("\n").length - 1;
