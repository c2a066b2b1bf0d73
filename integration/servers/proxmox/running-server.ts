import { readFile } from "node:fs/promises";
import { callAs } from "./calls.ts";
import type { ProxmoxServer } from "./server.ts";
import { ServerUnavailable } from "../server-unavailable.ts";

/**
 * A real server at `PROXMOX_URL`, with the token in `PROXMOX_TOKEN_FILE` (of root@pam, with `privsep=0`) and the SHA-256
 * fingerprint `PROXMOX_FINGERPRINT`. Disks go to `PROXMOX_STORAGE` (default `local`, with the contents `images` and
 * `import`) and `PROXMOX_OTHER_STORAGE` (default `local2`, without `import`), cards to `PROXMOX_BRIDGE` (default `vmbr0`)
 * and `PROXMOX_OTHER_BRIDGE` (default `vmbr1`).
 *
 * The tests may delete everything on this server: VMs, images, pools, users, roles, cluster options. They must not run at
 * the same time.
 */
export async function runningServer(givenUrl: string): Promise<ProxmoxServer> {
  const url = givenUrl.replace(/\/$/, "");
  const tokenFile = variable("PROXMOX_TOKEN_FILE");
  const fingerprint = variable("PROXMOX_FINGERPRINT").toUpperCase();
  const token = (await readFile(tokenFile, "utf8")).trim().replace(/^PVEAPIToken=/, "");
  const { hostname: host, port: givenPort } = new URL(url);
  const port = Number(givenPort) || 443;
  const administrator = { host, port, token, fingerprint };
  const call: ProxmoxServer["call"] = (method, path, parameters) => callAs(administrator, method, path, parameters);
  return {
    what: "Proxmox VE",
    ...administrator,
    url,
    caFile: undefined,
    tokenFile,
    nodes: namesOf(await call("GET", "/nodes")),
    storage: process.env["PROXMOX_STORAGE"] ?? "local",
    otherStorage: process.env["PROXMOX_OTHER_STORAGE"] ?? "local2",
    bridge: process.env["PROXMOX_BRIDGE"] ?? "vmbr0",
    otherBridge: process.env["PROXMOX_OTHER_BRIDGE"] ?? "vmbr1",
    call,
    log: () => Promise.resolve(""),
    fault: ({ fault }) => Promise.reject(new ServerUnavailable(`a real server has no fault ${fault}`)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function namesOf(nodes: unknown): string[] {
  if (!Array.isArray(nodes)) throw new TypeError("GET /nodes answered without a list");
  return nodes.map(({ node }: { node: string }) => node).sort();
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new ServerUnavailable(`PROXMOX_URL is set, but ${name} is not`);
  return value;
}
