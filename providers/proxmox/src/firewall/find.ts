import type { Mark } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { failure, isRejected } from "../api/failure.ts";
import type { ProxmoxReader } from "../api/reader.ts";
import { findConfig, type GuestConfig, type Place } from "../vm/config/guest-config.ts";
import { unlessGone } from "../vm/identity/gone.ts";
import { markIn } from "../vm/identity/machine-mark.ts";
import { listRows } from "../vm/identity/rows.ts";
import type { Want } from "./inputs.ts";
import { readList, readOptions, type List } from "./lists.ts";
import { factsIn, markAmong } from "./mark.ts";

/** A VM whose firewall is managed. */
export interface Guest extends Place {
  readonly config: GuestConfig;
  readonly sets: List;
  /** Of the firewall, not of the VM. */
  readonly mark: Mark | undefined;
}

/** All of a VM's firewall but the entries of IP sets. */
export interface Firewall extends Guest {
  readonly options: List;
  readonly rules: List;
  readonly aliases: List;
}

/**
 * The VM with its IP sets. Undefined if there is no such VM. Throws if it is not the VM of the deployment that the inputs name,
 * or if another resource of the deployment manages its firewall; a destroy then has nothing to destroy.
 */
export async function findGuest(client: ProxmoxReader, want: Want): Promise<Guest | undefined> {
  const guest = await findByVmid(client, want.vmid);
  if (guest === undefined) return undefined;
  const isOurs = guest.mark?.managedBy === want.managedBy;
  const second = isOurs ? secondResource(guest, want) : undefined;
  const problem = second ?? otherVm(guest, want);
  if (client.needsSecrets && problem !== undefined) throw problem;
  // Our firewall of a VM that another deployment took over can still be destroyed.
  return second === undefined && (isOurs || problem === undefined) ? guest : undefined;
}

/** How often a VM is looked for that moves to another node meanwhile. */
const looks = 3;

async function findByVmid(client: ProxmoxReader, vmid: number): Promise<Guest | undefined> {
  for (let count = 1; count <= looks; count++) {
    const row = (await listRows(client)).find((one) => one.vmid === vmid);
    if (row === undefined) break;
    const guest = await unlessGone(client, vmid, () => openGuest(client, { vmid, node: row.node }));
    if (guest !== undefined) return guest;
  }
  return await requireMissing(client, vmid);
}

async function openGuest(client: ProxmoxReader, place: Place): Promise<Guest | undefined> {
  const config = await findConfig(client, place);
  if (config === undefined) return undefined;
  const sets = await readList(client, place, "/ipset");
  return { ...place, config, sets, mark: markAmong(sets, place.vmid) };
}

/** The rest of the firewall. */
export async function openFirewall(client: ProxmoxReader, guest: Guest): Promise<Firewall> {
  return {
    ...guest,
    options: await readOptions(client, guest),
    rules: await readList(client, guest, "/rules"),
    aliases: await readList(client, guest, "/aliases"),
  };
}

/** Whether anything is set in the firewall, by whomever. */
export const isEmpty = ({ options, rules, sets, aliases }: Firewall): boolean =>
  options.rows.every(({ size }) => size === 0) && [rules, sets, aliases].every(({ rows }) => rows.length === 0);

/** Every token receives an answer whether an id is taken. */
async function requireMissing(client: ProxmoxReader, vmid: number): Promise<undefined> {
  try {
    await client.get("/cluster/nextid", z.unknown(), { vmid });
    return undefined;
  } catch (error) {
    if (!isRejected(error) || error.parameters["vmid"]?.includes("already exists") !== true) throw error;
    throw failure(
      `the token of \`connection.token\` does not see a VM ${vmid}, although the id is taken by a VM, a template or a container`,
      "proxmox.permission.denied",
      "Take `vmid` from the outputs of a `vm`, and give the token, and its user, a role with VM.Audit on the pool of the VM",
    );
  }
}

function otherVm({ config, vmid }: Guest, { managedBy, vmManagedBy }: Want): Error | undefined {
  const [owner, expected] = [markIn(config)?.managedBy, vmManagedBy ?? managedBy];
  if (owner === expected) return undefined;
  return failure(
    `${owner === undefined ? "no deployment manages" : `the deployment ${owner} manages`} the VM ${vmid}, not ${expected}`,
    "proxmox.firewall.otherVm",
    owner === undefined
      ? "Declare the VM as a `vm` with `adopt = true` first"
      : `Set \`vmManagedBy = "${owner}"\` to manage the firewall of this VM of theirs, or declare another \`vmid\``,
  );
}

function secondResource({ mark, vmid }: Guest, { name }: Want): Error | undefined {
  const first = factsIn(mark)?.name;
  if (first === undefined || first === name) return undefined;
  return failure(
    `the resource ${first} of this deployment manages the firewall of the VM ${vmid}, which has one only`,
    "proxmox.firewall.second",
    `Declare all rules in ${first}, or destroy ${first} first`,
  );
}
