import type { ProxmoxServer } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import * as z from "zod/mini";

const row = z.record(z.string(), z.unknown());
const rows = z.array(row);

/** The firewall of a VM as the administrator sees it, without digests. */
export interface FirewallContents {
  readonly options: Readonly<Record<string, unknown>>;
  readonly rules: readonly Readonly<Record<string, unknown>>[];
  /** Each with its comment and its entries, by name. */
  readonly sets: Readonly<Record<string, { readonly comment: unknown; readonly entries: readonly unknown[] }>>;
  readonly aliases: readonly Readonly<Record<string, unknown>>[];
}

export const firewallPath = (node: string, vmid: number): string => `/nodes/${node}/qemu/${vmid}/firewall`;

export async function firewallOn(server: ProxmoxServer, path: string): Promise<FirewallContents> {
  const list = async (name: string) => rows.parse(await server.call("GET", `${path}${name}`)).map(withoutDigest);
  const sets = await list("/ipset");
  const contents = sets.map(async ({ name, comment }) => [
    name,
    { comment, entries: await list(`/ipset/${String(name)}`) },
  ]);
  return {
    options: withoutDigest(row.parse(await server.call("GET", `${path}/options`))),
    rules: await list("/rules"),
    sets: Object.fromEntries(await Promise.all(contents)),
    aliases: await list("/aliases"),
  };
}

/** Removes everything, by whomever. */
export async function clearFirewall(server: ProxmoxServer, path: string): Promise<void> {
  const { options, rules, sets, aliases } = await firewallOn(server, path);
  const names = Object.keys(options);
  if (names.length > 0) await server.call("PUT", `${path}/options`, { delete: names.join(",") });
  for (const _rule of rules) await server.call("DELETE", `${path}/rules/0`);
  for (const name of Object.keys(sets)) await server.call("DELETE", `${path}/ipset/${name}`, { force: 1 });
  for (const { name } of aliases) await server.call("DELETE", `${path}/aliases/${String(name)}`);
}

const withoutDigest = ({ digest: _digest, ...kept }: Record<string, unknown>): Record<string, unknown> => kept;

/** Creates a VM by hand, with the mark of a deployment or without one. */
export const guestOf = (managedBy: string | undefined, vmid: number): Record<string, unknown> => ({
  vmid,
  pool: "shop",
  name: "web",
  net0: "virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1",
  ...(managedBy !== undefined && {
    description: `nixops4:${JSON.stringify({ v: 1, managedBy, type: "vm", name: "web", uuid: "", vmid })}`,
  }),
});
