import { toTable } from "@nixops4-resources/protocol-core/table";
import type { MarkedObject } from "./marked.ts";

/** What a person confirms. */
export interface Review {
  database: string;
  /** The deployment in the present marks. */
  from: string;
  /** The deployment that takes the objects over. */
  managedBy: string;
  objects: readonly MarkedObject[];
  /** Objects of further deployments, which keep their marks. */
  others: readonly MarkedObject[];
}

export function reviewText({ database, from, managedBy, objects, others }: Review): string {
  const kept =
    others.length === 0
      ? ""
      : `\nThese belong to other deployments, and stay so:\n\n${toTable(
          ["TYPE", "NAME", "MANAGED BY"],
          others.map(({ type, name, mark }) => [type, name, mark.managedBy]),
        )}`;
  if (objects.length === 0) return `Nothing in the database ${database} carries the mark of ${from}.\n${kept}`;
  const rows = objects.map(({ type, name }) => [type, name]);
  return `In the database ${database}, ${counted(objects)} of ${from} would be managed by ${managedBy}:

${toTable(["TYPE", "NAME"], rows)}${kept}${objects.some(({ type }) => type === "database") ? warning(database, from) : ""}
Destroying them from ${managedBy} keeps them, unless \`deletion\` is \`delete\`.
`;
}

export const counted = ({ length }: readonly unknown[]): string => `${length} ${length === 1 ? "object" : "objects"}`;

/** A dump contains the database's own mark only with `--create`, so this may be the original. */
const warning = (database: string, from: string): string =>
  `\nThe database ${database} itself carries the mark of ${from}. Check that it is the copy: ${from} no longer manages it afterwards.\n`;
