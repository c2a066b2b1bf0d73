import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { ProxmoxServer } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { qcow2 } from "@nixops4-resources/integration-servers/proxmox/qcow2";
import * as z from "zod/mini";
import { ProxmoxWriter } from "../api/writer.ts";
import { looseNumber } from "../api/values.ts";
import { connection } from "../connection.ts";
import { uploadImage } from "../image/upload.ts";
import { request } from "./scripted-server.ts";

const rows = z.array(
  z.looseObject({
    vmid: looseNumber,
    node: z.string(),
    type: z.string(),
    pool: z.optional(z.string()),
    status: z.optional(z.string()),
  }),
);
const config = z.record(z.string(), z.unknown());
const status = z.looseObject({ status: z.string(), exitstatus: z.optional(z.string()) });
const resources = z.array(z.looseObject({ sid: z.string() }));
const content = z.array(z.looseObject({ volid: z.string(), content: z.string(), size: looseNumber }));

/** The image that tests import: 256 KiB with a disk of 2 GiB, and its volume. */
export const imageName = "nixops4-tests.qcow2";
export const imageOn = (server: ProxmoxServer): string => `${server.storage}:import/${imageName}`;

/** Waits for the task of a call. */
async function finished(server: ProxmoxServer, upid: unknown): Promise<string> {
  const id = String(upid);
  const path = `/nodes/${id.split(":")[1]}/tasks/${encodeURIComponent(id)}/status`;
  for (;;) {
    const task = status.parse(await server.call("GET", path));
    if (task.status !== "running") return task.exitstatus ?? "";
    await pause(50);
  }
}

/** Calls as the administrator, and waits for the task; throws if it fails. */
export async function perform(
  ...[server, ...call]: [ProxmoxServer, ...Parameters<ProxmoxServer["call"]>]
): Promise<void> {
  const exit = await finished(server, await server.call(...call));
  if (exit !== "OK" && !exit.startsWith("WARNINGS")) throw new Error(`${call[1]}: ${exit}`);
}

/** A VM as the administrator sees it. */
export interface Machine {
  readonly vmid: number;
  readonly node: string;
  readonly pool: string | undefined;
  readonly power: string;
  readonly config: Readonly<Record<string, unknown>>;
}

export async function machinesOf(server: ProxmoxServer): Promise<Machine[]> {
  const found = rows.parse(await server.call("GET", "/cluster/resources", { type: "vm" }));
  const machines = [];
  for (const { vmid, node, pool } of found) {
    const path = `/nodes/${node}/qemu/${vmid}`;
    const { status: power } = status.parse(await server.call("GET", `${path}/status/current`));
    const {
      digest: _digest,
      meta: _meta,
      vmgenid: _vmgenid,
      ...kept
    } = config.parse(await server.call("GET", `${path}/config`));
    machines.push({ vmid: Number(vmid), node, pool, power, config: kept });
  }
  return machines.toSorted((one, other) => one.vmid - other.vmid);
}

/** Volumes of VMs, on all nodes and storages of the tests. */
export async function volumesOf(server: ProxmoxServer): Promise<string[]> {
  const volumes = [];
  for (const node of server.nodes) {
    for (const storage of [server.storage, server.otherStorage]) {
      const found = content.parse(await server.call("GET", `/nodes/${node}/storage/${storage}/content`));
      volumes.push(
        ...found.filter((one) => one.content === "images").map(({ volid, size }) => `${node} ${volid} ${size}`),
      );
    }
  }
  return volumes.toSorted();
}

/** Destroys every VM, whatever keeps it, and templates after their clones. */
export async function removeMachines(server: ProxmoxServer): Promise<void> {
  for (const { sid } of resources.parse(await server.call("GET", "/cluster/ha/resources"))) {
    await server.call("DELETE", `/cluster/ha/resources/${sid}`);
  }
  const machines = await machinesOf(server);
  const templates = machines.filter((one) => one.config["template"] !== undefined);
  const others = machines.filter((one) => !templates.includes(one));
  for (const { vmid, node, config: present } of [...others, ...templates]) {
    const path = `/nodes/${node}/qemu/${vmid}`;
    if (present["lock"] !== undefined) await server.fault({ fault: "lock", vmid, lock: null });
    if (present["protection"] !== undefined) await server.call("PUT", `${path}/config`, { delete: "protection" });
    if (present["template"] === undefined) await perform(server, "POST", `${path}/status/stop`);
    await perform(server, "DELETE", path, { purge: 1, "destroy-unreferenced-disks": 1 });
  }
}

/** Uploads the image to every node. */
export async function provideImage(server: ProxmoxServer): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "nixops4-image-"));
  const file = join(folder, imageName);
  const bytes = qcow2(2 * 1024 ** 3);
  await writeFile(file, bytes);
  const administrator = connection.parse({
    url: server.url,
    token: { file: server.tokenFile },
    tls: { pins: [server.fingerprint] },
  });
  await using client = new ProxmoxWriter(administrator, request);
  for (const node of server.nodes) {
    await uploadImage(client, node, server.storage, {
      file,
      fileName: imageName,
      sizeBytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
  }
  await rm(folder, { recursive: true });
}
