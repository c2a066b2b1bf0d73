import * as z from "zod/mini";
import { failure } from "../../api/failure.ts";
import type { ProxmoxReader } from "../../api/reader.ts";
import { isSet, looseFlag } from "../../api/values.ts";
import { findConfig, type GuestConfig, type Place } from "../config/guest-config.ts";
import { addedAndChanged } from "../disks/change.ts";
import { drivesIn, storageOf } from "../disks/drive.ts";
import { Identity } from "../identity/identity.ts";
import { listAllRows } from "../identity/rows.ts";
import type { TemplateInputs, Want } from "../inputs.ts";
import { targetStorage } from "./target-storage.ts";

/** A template, and where Proxmox clones it. */
export interface CloneSite {
  /** Node of the clone. */
  readonly node: string;
  readonly template: Template;
  readonly full: boolean;
  /** Storage of all disks of the clone; undefined if each stays on that of the template. */
  readonly storage: string | undefined;
}

/** A template that exists. */
export interface Template extends Place {
  readonly config: GuestConfig;
}

/** Looks whether the clone can become what the inputs say, before anything is created. */
export async function chooseCloneSite(
  client: ProxmoxReader,
  want: Want,
  { vmid, full }: TemplateInputs,
): Promise<CloneSite> {
  const template = await findTemplate(client, vmid);
  const storage = targetStorage(want, template, full);
  // Throws if a new disk has the slot of another drive.
  addedAndChanged(want)(template.config);
  return { node: await nodeFor(client, want, template, storage), template, full, storage };
}

async function findTemplate(client: ProxmoxReader, vmid: number): Promise<Template> {
  const row = (await listAllRows(client)).find((one) => one.vmid === vmid);
  const config = row === undefined ? undefined : await findConfig(client, row);
  if (row === undefined || config === undefined) throw unseen(vmid);
  if (config.flag("template") !== true) {
    throw failure(
      `the VM ${vmid} is no template`,
      "proxmox.template.unusable",
      `Run \`qm template ${vmid}\` on ${row.node}, or change \`source.template.vmid\``,
    );
  }
  return { vmid, node: row.node, config };
}

const apiStorages = z.array(z.object({ storage: z.string(), shared: z.optional(looseFlag) }));

/** Proxmox makes a clone on another node only if the nodes share all storages. Source: PVE::API2::Qemu of qemu-server. */
async function nodeFor(
  client: ProxmoxReader,
  want: Want,
  { vmid, node, config }: Template,
  storage: string | undefined,
): Promise<string> {
  if (want.nodes.every((one) => one === node)) return node;
  const volumes = drivesIn(config).map(({ volume }) => volume);
  const used = new Set(volumes.filter((volume) => volume.includes(":")).map(storageOf));
  if (storage !== undefined) used.add(storage);
  const rows = await client.get(`/nodes/${node}/storage`, apiStorages);
  const isShared = (name: string): boolean =>
    rows.some((row) => row.storage === name && row.shared !== undefined && isSet(row.shared));
  const local = [...used].filter((name) => !isShared(name));
  if (local.length === 0) return new Identity(want).nodeOf(want.nodes);
  if (want.nodes.includes(node)) return node;
  throw failure(
    `the template ${vmid} is on ${node}, and the nodes do not share the storage ${local.join(", ")}, so it cannot be cloned on ${want.nodes.join(", ")}`,
    "proxmox.template.unusable",
    `Add ${node} to \`nodes\`, or use a template on one of them`,
  );
}

const unseen = (vmid: number): Error =>
  failure(
    `the token of \`connection.token\` sees no template with the id ${vmid}`,
    "proxmox.template.missing",
    `Check \`source.template.vmid\`, and give the token, and its user, a role with VM.Clone and VM.Audit on the path /vms/${vmid}: PVETemplateUser`,
  );
