import type { Listed } from "@nixops4-resources/protocol-core";
import type { ProxmoxReader } from "../api/reader.ts";
import { unlessGone } from "../vm/identity/gone.ts";
import { listRows } from "../vm/identity/rows.ts";
import { readList } from "./lists.ts";
import { factsIn, markAmong } from "./mark.ts";

/** How many firewalls are read at a time. */
const width = 4;

/** Firewalls with the mark of the deployment, of the VMs that the token may see. */
export async function listFirewalls(client: ProxmoxReader, managedBy: string): Promise<Listed[]> {
  const listed: Listed[] = [];
  const rest = (await listRows(client)).values();
  const readRest = async (): Promise<void> => {
    for (const { vmid, node } of rest) {
      const sets = await unlessGone(client, vmid, () => readList(client, { vmid, node }, "/ipset"));
      const mark = sets && markAmong(sets, vmid);
      const facts = factsIn(mark);
      if (mark?.managedBy !== managedBy || facts === undefined) continue;
      listed.push({ label: `${facts.name} of VM ${vmid}`, inputs: { name: facts.name, vmid }, mark });
    }
  };
  await Promise.all(Array.from({ length: width }, readRest));
  return listed.toSorted((one, other) => one.label.localeCompare(other.label));
}
