import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { qcow2 } from "@nixops4-resources/integration-servers/proxmox/qcow2";
import type { EmulatedServer } from "@nixops4-resources/integration-servers/proxmox/start-emulator";
import { freePort } from "@nixops4-resources/integration-servers/process/free-port";
import { startSshd } from "@nixops4-resources/integration-servers/sshd";
import * as z from "zod/mini";
import { operators } from "./credentials.ts";

interface Machines {
  readonly port: number;
  /** The key with which to log in. */
  readonly publicKey: string;
  readonly hostKeys: Readonly<Record<string, string>>;
}

/** An SSH server for each machine, whose host key the machine's guest agent tells. The last machine exists already. */
export async function startMachines(
  started: AsyncDisposableStack,
  folder: string,
  proxmox: EmulatedServer,
): Promise<Machines> {
  const identityFile = join(folder, "identity");
  const path = `${join(folder, "bin")}:${process.env["PATH"]}`;
  const port = await freePort();
  const hostKeys: Record<string, string> = {};
  for (const [index] of operators.entries())
    for (const application of [1, 2, 3]) {
      const host = `127.0.1.${index + 1}${application}`;
      const { address } = started.use(await startSshd({ host, port, identityFile, path }));
      hostKeys[host] = address.hostKey;
      const files = { "/etc/ssh/ssh_host_ed25519_key.pub": `${address.hostKey}\n` };
      const vmid = (index + 1) * 1000 + application;
      await proxmox.fault({ fault: "agent", vmid, agent: { interfaces: [], files } });
    }
  return { port, publicKey: (await readFile(`${identityFile}.pub`, "utf8")).trim(), hostKeys };
}

const imageAnswer = z.object({
  createResourceResponse: z.object({ outputProperties: z.object({ volume: z.string() }) }),
});

/** An image for all machines, uploaded by the provider. It is a disk without contents, since nothing boots in the emulator. */
export async function uploadImage({ url, tokenFile, caFile }: EmulatedServer, folder: string): Promise<string> {
  const file = join(folder, "image.qcow2");
  await writeFile(file, qcow2(2 * 1024 ** 3));
  const inputProperties = {
    connection: { url, token: { file: tokenFile }, tls: { caFile } },
    managedBy: "host-one",
    name: "nixos",
    file,
    storage: "local",
    nodes: ["pve1"],
  };
  const main = join(import.meta.dirname, "../../providers/proxmox/dist/main.cjs");
  const request = { createResourceRequest: { type: "image", inputProperties, isStateful: false } };
  const { stdout } = spawnSync(process.execPath, [main], { input: `${JSON.stringify(request)}\n`, encoding: "utf8" });
  return imageAnswer.parse(JSON.parse(stdout)).createResourceResponse.outputProperties.volume;
}
