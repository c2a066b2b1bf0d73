import { existsSync } from "node:fs";
import { join } from "node:path";

/** Proxmox' own schema of its API, which is not part of this project; null if it is missing. */
export function specFile(): string | null {
  const folder = process.env["NIXOPS4_RESOURCES_SPECS"] ?? join(import.meta.dirname, "../../../../shared/specs");
  const file = join(folder, "proxmox/apidata.json");
  return existsSync(file) ? file : null;
}
