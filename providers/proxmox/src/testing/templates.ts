import type { ProxmoxServer } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import type { Right } from "./account.ts";
import { imageOn, machinesOf, perform, type Machine } from "./machines.ts";

/** Id of the template that tests clone. */
export const templateId = 9000;

/** The rights of Proxmox' own role PVETemplateUser. */
export const templateRights = (vmid: number): Right[] => [
  { path: `/vms/${vmid}`, privileges: ["VM.Audit", "VM.Clone"] },
];

/** Creates a template with a disk of 2 GiB from the image, a card and settings for cloud-init. */
export async function provideTemplate(
  server: ProxmoxServer,
  properties: Readonly<Record<string, unknown>> = {},
  vmid = templateId,
): Promise<void> {
  const path = `/nodes/${server.nodes[0]}/qemu`;
  await perform(server, "POST", path, {
    vmid,
    name: "template",
    description: "Golden image",
    tags: "golden",
    memory: 512,
    cpu: "x86-64-v3",
    boot: "order=virtio0",
    smbios1: "uuid=12345678-1234-4678-9abc-123456789abc",
    virtio0: `${server.storage}:0,import-from=${imageOn(server)}`,
    net0: `virtio=BC:24:11:00:90:00,bridge=${server.bridge}`,
    ide2: `${server.storage}:cloudinit`,
    ciuser: "debian",
    ipconfig0: "ip=dhcp",
    ...properties,
  });
  await perform(server, "POST", `${path}/${vmid}/template`);
}

/** The VMs of the cluster that are no templates. */
export const clonesOf = async (server: ProxmoxServer): Promise<Machine[]> =>
  (await machinesOf(server)).filter(({ config }) => config["template"] === undefined);
