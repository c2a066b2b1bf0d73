// The mark of a VM's firewall is the comment of an empty IP set (docs/adr/016-proxmox-firewall.md).
import { MarkChanged, readMark, type Mark } from "@nixops4-resources/protocol-core";
import { isRejected } from "../api/failure.ts";
import type { ProxmoxWriter } from "../api/writer.ts";
import { commentWith } from "../comment.ts";
import type { Place } from "../vm/config/guest-config.ts";
import type { Want } from "./inputs.ts";
import { firewallOf, type List } from "./lists.ts";

/** The IP set that has our mark. */
export const markSet = "nixops4";

/** What the mark says beside the deployment. */
export interface Facts {
  readonly name: string;
  readonly vmid: number;
}

/** Undefined for a mark without them, which is damaged. */
export function factsIn(mark: Mark | undefined): Facts | undefined {
  const { name, vmid } = mark?.more ?? {};
  return typeof name === "string" && typeof vmid === "number" ? { name, vmid } : undefined;
}

/**
 * The mark among the IP sets of a VM. Undefined for a copy: a clone has the firewall of its template, whose mark names
 * another VM.
 */
export function markAmong({ rows }: List, vmid: number): Mark | undefined {
  const mark = readMark(rows.find((row) => row.get("name") === markSet)?.get("comment"));
  const facts = factsIn(mark);
  return facts !== undefined && facts.vmid !== vmid ? undefined : mark;
}

/** Writes the mark. Proxmox refuses a second set of the name, and a digest of other sets. */
export async function writeMark(
  client: ProxmoxWriter,
  want: Want,
  place: Place,
  sets: List,
  { more: _more, ...mark }: Mark,
): Promise<void> {
  const { name, vmid } = want;
  const isThere = sets.rows.some((row) => row.get("name") === markSet);
  const comment = commentWith("", { ...mark, more: { name, vmid } });
  const change = isThere ? { rename: markSet, digest: sets.digest } : {};
  try {
    await client.change("POST", `${firewallOf(place)}/ipset`, { name: markSet, comment, ...change });
  } catch (error) {
    if (!isRejected(error) || !/already exist|does not exist|modified/.test(reasonOf(error))) throw error;
    throw new MarkChanged();
  }
}

const reasonOf = ({
  words,
  parameters,
}: {
  readonly words: string;
  readonly parameters: Readonly<Record<string, string>>;
}) => [words, ...Object.values(parameters)].join(" ");

/** Removes the mark. A set with entries is not ours: Proxmox refuses to delete it. */
export async function removeMark(client: ProxmoxWriter, place: Place): Promise<void> {
  await client.remove(`${firewallOf(place)}/ipset/${markSet}`);
}
