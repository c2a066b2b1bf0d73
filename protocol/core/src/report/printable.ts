/** Control characters, and those that reverse the direction of a line or start a new one. */
const unsafe = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

/**
 * The text for a terminal: a name from a backend may contain the escapes that move the cursor, hide text or answer in the
 * user's name. They are shown as `\u001b`. Line breaks and tabs stay.
 */
export const printable = (text: string): string =>
  text.replaceAll(unsafe, (character) => (character === "\n" || character === "\t" ? character : escaped(character)));

/** The same for a part of a line, such as a name: a line break is shown as `\n`. */
export const printableLine = (text: string): string => printable(text.replaceAll("\n", String.raw`\n`));

/** JSON text in which no character has a meaning for a terminal. JSON.stringify escapes only those below U+0020. */
export const printableJson = (json: string): string => printable(json);

/** Text of several lines as one. */
export const inOneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/g, " ");

const escaped = (character: string): string => String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
