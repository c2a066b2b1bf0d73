import Table from "cli-table3";

const none = "";
const noBorder = {
  top: none,
  "top-mid": none,
  "top-left": none,
  "top-right": none,
  bottom: none,
  "bottom-mid": none,
  "bottom-left": none,
  "bottom-right": none,
  left: none,
  "left-mid": none,
  mid: none,
  "mid-mid": none,
  right: none,
  "right-mid": none,
  middle: "  ",
};

/** Formats rows below their headings, with columns as wide as their content. */
export function toTable(head: string[], rows: readonly string[][]): string {
  const style = { head: [], border: [], "padding-left": 0, "padding-right": 0 };
  const table = new Table({ head, chars: noBorder, style });
  table.push(...rows.map((row) => [...row]));
  return `${table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")}\n`;
}

/** A time in UTC, to the minute: `2026-11-25 19:56`. */
export const minute = (iso: string): string => iso.slice(0, 16).replace("T", " ");
