import Table from "cli-table3";
import { printableLine } from "../report/printable.ts";

const none = "";
/** Two spaces between columns, and no lines. */
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

/** Rows below their headings in aligned columns, each line with its newline. */
export function toTable(head: string[], rows: readonly string[][]): string {
  const style = { head: [], border: [], "padding-left": 0, "padding-right": 0 };
  const table = new Table({ head, chars: noBorder, style });
  table.push(...rows.map((row) => row.map(printableLine)));
  return `${table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")}\n`;
}
