import { createHash } from "node:crypto";
import { failure } from "../refusal.ts";

/** A row of a list as the API shows it. */
export type Row = Readonly<Record<string, number | string>>;

/**
 * Each list has a digest of its own: that of the rules does not change with the options. Source: PVE/Firewall.pm:
 * copy_list_with_digest, copy_opject_with_digest
 */
export function digestOf(rows: readonly Row[]): string {
  const lines = rows.flatMap((row) =>
    Object.entries(row)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, value]) => `${key}:${value}\n`),
  );
  return createHash("sha1").update(lines.join("")).digest("hex");
}

export const withDigest = (rows: readonly Row[]): Row[] => {
  const digest = digestOf(rows);
  return rows.map((row) => ({ ...row, digest }));
};

/** Source: PVE/Tools.pm: assert_if_modified */
export function checkDigest(rows: readonly Row[], expected: string | undefined): void {
  if (expected === undefined || expected === digestOf(rows)) return;
  throw failure("detected modified configuration - file changed by other user? Try again.");
}

/** Without values that are missing or empty: the file does not keep them. */
export const rowOf = (values: Readonly<Record<string, number | string | undefined>>): Row =>
  Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, number | string] => entry[1] !== undefined && entry[1] !== "",
    ),
  );

/** A comment as the file keeps it, on the line of what it describes. Source: PVE/Firewall.pm: parse_fw_rule */
export function commentOf(text: string | undefined): string | undefined {
  if (text?.includes("\n")) throw failure("not emulated: a comment of several lines, which damages the file");
  const words = text?.trim() ?? "";
  return words === "" || words === "0" ? undefined : words;
}
