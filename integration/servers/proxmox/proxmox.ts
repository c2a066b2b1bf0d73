import { runningServer } from "./running-server.ts";
import type { ProxmoxOptions, ProxmoxServer } from "./server.ts";
import { startEmulator } from "./start-emulator.ts";

export type { ProxmoxServer } from "./server.ts";

/** The server that `startProxmox` uses, for the titles of tests. */
export const whatAnswers: ProxmoxServer["what"] =
  process.env["PROXMOX_URL"] === undefined ? "the emulator" : "Proxmox VE";

/** The real server at `PROXMOX_URL` (see `runningServer`), or else the emulator with an empty cluster. */
export async function startProxmox(options: ProxmoxOptions = {}): Promise<ProxmoxServer> {
  const url = process.env["PROXMOX_URL"];
  return url === undefined ? await startEmulator(options) : await runningServer(url);
}
