import type { Listed } from "@nixops4-resources/protocol-core";
import type { ProxmoxReader } from "../api/reader.ts";
import { findConfig } from "./config/guest-config.ts";
import { factsIn, isFor, markIn } from "./identity/machine-mark.ts";
import { listRows } from "./identity/rows.ts";

/** How many configurations are read at a time. */
const width = 4;

/** VMs with the mark of the deployment. Their notes are in their configurations only; a copy is not listed. */
export async function listVms(client: ProxmoxReader, managedBy: string): Promise<Listed[]> {
  const rows = await listRows(client);
  const listed: Listed[] = [];
  const rest = rows.values();
  const readRest = async (): Promise<void> => {
    for (const row of rest) {
      const config = await findConfig(client, row);
      const mark = config === undefined ? undefined : markIn(config);
      const facts = factsIn(mark);
      if (config === undefined || mark?.managedBy !== managedBy || facts === undefined) continue;
      if (!isFor(facts, row.vmid, config)) continue;
      const pool = row.pool === null ? {} : { pool: row.pool };
      listed.push({
        label: facts.name,
        inputs: { name: facts.name, vmid: row.vmid, nodes: [row.node], ...pool },
        mark,
      });
    }
  };
  await Promise.all(Array.from({ length: width }, readRest));
  return listed.toSorted((one, other) => one.label.localeCompare(other.label));
}
