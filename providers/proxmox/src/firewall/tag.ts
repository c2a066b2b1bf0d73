// What the firewall's mark manages carries a tag at the end of its comment, which is one line (docs/adr/016-proxmox-firewall.md).

const tag = "[nixops4]";

/** Words of people in a comment: one line without our tag. */
export const isWords = (text: string): boolean =>
  text !== "" && text !== "0" && text === text.trim() && !/[\n\r]/.test(text) && !text.endsWith(tag);

export const isTagged = (comment: string | undefined): boolean => comment?.endsWith(tag) === true;

/** The comment of what we manage. */
export const taggedWith = (words: string | null): string => (words === null ? tag : `${words} ${tag}`);

/** The words in a comment, null if it has none. */
export function wordsIn(comment: string | undefined): string | null {
  const words = (isTagged(comment) ? comment?.slice(0, -tag.length) : comment)?.trim() ?? "";
  return words === "" ? null : words;
}
