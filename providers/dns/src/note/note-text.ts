import { canonical, fieldsOf, rdataOf } from "@nixops4-resources/dns-client";

/** The values of the TXT records that hold a note: one record per line. */
export const noteValues = (note: string): string[] =>
  note
    .split("\n")
    .map((line) => canonical("TXT", { text: line }))
    .sort();

/** The note that TXT records hold, the mark's line first; null where there are none. */
export function noteOf(values: readonly string[]): string | null {
  if (values.length === 0) return null;
  const lines = values.map((value) => textOf(value)).sort();
  return [...lines.filter(isMark), ...lines.filter((line) => !isMark(line))].join("\n");
}

const isMark = (line: string): boolean => line.startsWith("nixops4:");

function textOf(value: string): string {
  const { text } = fieldsOf("TXT", rdataOf("TXT", value));
  return Array.isArray(text) ? Buffer.concat(text).toString("utf8") : "";
}
