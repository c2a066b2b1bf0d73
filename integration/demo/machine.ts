import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { qcow2 } from "@nixops4-resources/integration-servers/proxmox/qcow2";
import { startEmulator, type EmulatedServer } from "@nixops4-resources/integration-servers/proxmox/start-emulator";
import * as z from "zod/mini";

/** The emulator of Proxmox VE, and the image of its VM. */
export interface Cluster extends AsyncDisposable {
  readonly server: EmulatedServer;
  /** A disk of 2 GiB without contents: on the emulator nothing boots. */
  readonly image: string;
}

/** Starts the emulator of the tests, since Proxmox VE is not published as a package. */
export async function startCluster(): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), "nixops4-resources-demo-image-"));
  const image = join(folder, "empty.qcow2");
  await writeFile(image, qcow2(2 * 1024 ** 3));
  const server = await startEmulator({ nodes: ["pve1"] });
  return {
    server,
    image,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** The variables of nixops4.nix. */
export const proxmoxVariables = ({ server, image }: Cluster): Record<string, string> => ({
  DEMO_PROXMOX_URL: server.url,
  DEMO_PROXMOX_TOKEN_FILE: server.tokenFile,
  DEMO_PROXMOX_CA_FILE: server.caFile,
  DEMO_PROXMOX_IMAGE: image,
});

const list = z.tuple([z.object({ vmid: z.number(), node: z.string(), status: z.string() })]);
const config = z.object({ name: z.string(), memory: z.string(), description: z.string(), ipconfig0: z.string() });

/** The VM as an administrator sees it. */
export async function describeMachine({ server }: Cluster): Promise<string[]> {
  const [{ vmid, node, status }] = list.parse(await server.call("GET", "/cluster/resources", { type: "vm" }));
  const found = config.parse(await server.call("GET", `/nodes/${node}/qemu/${vmid}/config`));
  return [
    `VM ${found.name.padEnd(16)} ${vmid} on ${node}, ${status}, ${found.memory} MiB, ${found.ipconfig0}`,
    `                    marked ${found.description.trim()}`,
  ];
}

/** Keeps the VM off when its node starts, by hand. Returns the call. */
export async function driftMachine({ server }: Cluster): Promise<string[]> {
  const [{ vmid, node }] = list.parse(await server.call("GET", "/cluster/resources", { type: "vm" }));
  const path = `/nodes/${node}/qemu/${vmid}/config`;
  await server.call("PUT", path, { onboot: 0 });
  return [`PUT ${path} onboot=0`];
}
