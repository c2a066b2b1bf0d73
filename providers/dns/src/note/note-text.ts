import { canonical, fieldsOf, rdataOf } from "@nixops4-resources/dns-client";

/** TTL of the TXT records that contain notes. Only this provider queries them. */
export const noteTtlSeconds = 300;

/** The values of the TXT records for a note: one record per line. */
export const noteValues = (note: string): string[] =>
  note
    .split("\n")
    .map((line) => canonical("TXT", { text: line }))
    .sort();

/** The note in TXT records, with the mark's line first; null if there are no records. */
export function noteOf(values: readonly string[]): string | null {
  if (values.length === 0) return null;
  const lines = values.map((value) => txtContent(value)).sort();
  return [...lines.filter(isMark), ...lines.filter((line) => !isMark(line))].join("\n");
}

const isMark = (line: string): boolean => line.startsWith("nixops4:");

/** The strings of a TXT value, joined. */
export function txtContent(value: string): string {
  const { text } = fieldsOf("TXT", rdataOf("TXT", value));
  return Array.isArray(text) ? Buffer.concat(text).toString("utf8") : "";
}
