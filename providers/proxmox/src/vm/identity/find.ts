import { codeOf, type Mark, type Previous } from "@nixops4-resources/protocol-core";
import { failure } from "../../api/failure.ts";
import type { ProxmoxReader } from "../../api/reader.ts";
import { ProxmoxWriter } from "../../api/writer.ts";
import { findConfig, type GuestConfig, type Place } from "../config/guest-config.ts";
import { hostnameOf, type inputs, type Want } from "../inputs.ts";
import { unlessGone } from "./gone.ts";
import { Identity } from "./identity.ts";
import { factsIn, isFor, markIn, uuidIn } from "./machine-mark.ts";
import { listRows, type Row } from "./rows.ts";
import { requireSight } from "./sight.ts";

/** A VM that exists. */
export interface Found extends Place {
  readonly pool: string | null;
  readonly config: GuestConfig;
  readonly mark: Mark | undefined;
}

/** Ids of the range at which a VM without tag and with another name is looked for. */
const probes = 8;

/**
 * The VM of the inputs: the one with our UUID or mark, or the one whose id the inputs give. Undefined if the token, which
 * may see the VMs of the pool, sees none.
 */
export async function findVm(
  client: ProxmoxReader,
  want: Want,
  previous: Previous<typeof inputs> = {},
): Promise<Found | undefined> {
  const rows = await listRows(client);
  const own = await findOwn(client, want, rows, previous);
  if (own !== undefined) return own;
  const named = rows.find(({ vmid }) => vmid === want.vmid);
  const byId = named === undefined ? undefined : await open(client, named);
  if (byId !== undefined) return isBeingCreated(byId) ? undefined : byId;
  // Before a create, Proxmox decides whether the id is free.
  if (!(client instanceof ProxmoxWriter && client.needsSecrets)) await requireSight(client, want);
  const namesake = rows.find(({ name }) => name === hostnameOf(want));
  if (namesake !== undefined) {
    client.warn(
      `the VM ${namesake.vmid} has the name ${hostnameOf(want)}, too, and does not belong to this deployment`,
    );
  }
  return undefined;
}

/** The VM of this id, if the token sees it, on whatever node it is. */
export async function findById(client: ProxmoxReader, id: number): Promise<Found | undefined> {
  const row = (await listRows(client)).find(({ vmid }) => vmid === id);
  return row === undefined ? undefined : await open(client, row);
}

async function open(client: ProxmoxReader, { vmid, node, pool }: Row): Promise<Found | undefined> {
  const config = await unlessGone(client, vmid, () => findConfig(client, { vmid, node }));
  return config === undefined ? undefined : { vmid, node, pool, config, mark: markIn(config) };
}

/** A create or clone that has not ended shows nothing but its lock. */
export const isBeingCreated = ({ config }: Found): boolean => ["create", "clone"].includes(config.lock ?? "");

/** The VM with our UUID or our mark. Copies of it are reported, and so is one in another pool. */
async function findOwn(
  client: ProxmoxReader,
  want: Want,
  rows: readonly Row[],
  previous: Previous<typeof inputs>,
): Promise<Found | undefined> {
  const identity = new Identity(want);
  const opened = [];
  const lost: unknown[] = [];
  for (const row of likely(rows, identity, want)) {
    try {
      opened.push(await open(client, row));
    } catch (error) {
      // Its node is down. It matters only if no other VM is ours.
      if (codeOf(error) !== "proxmox.node.unreachable") throw error;
      lost.push(error);
    }
  }
  // A clone has its mark before it has all its disks.
  const found = opened.filter((one) => one !== undefined).filter((one) => !isBeingCreated(one));
  const ours = found.filter((one) => isOriginal(one, identity, want));
  for (const copy of found.filter((one) => !ours.includes(one) && carriesMark(one, want))) {
    client.warn(
      `the VM ${copy.vmid} is a copy of ${want.name}: it has its mark, but another id or UUID. It is left alone`,
    );
  }
  const [first, second] = ours.filter(({ pool }) => pool === want.pool || pool === previous.pool);
  if (first !== undefined && second !== undefined) throw severalVms(want, first, second);
  if (first === undefined && lost.length > 0) throw lost[0];
  const [elsewhere] = ours;
  if (first === undefined && elsewhere !== undefined && elsewhere.vmid !== want.vmid)
    throw inOtherPool(want, elsewhere);
  return first;
}

/** Whether an existing VM is the one of the inputs. */
export const isOurs = (found: Found, want: Want): boolean =>
  found.vmid === want.vmid || isOriginal(found, new Identity(want), want);

/** Rows that may be ours: tags and names are not always there. */
function likely(rows: readonly Row[], identity: Identity, want: Want): Row[] {
  const range = want.vmidRange;
  const ids = new Set<number>();
  for (const vmid of identity.vmids(range)) {
    ids.add(vmid);
    if (ids.size === probes) break;
  }
  const isLikely = ({ tags, name, vmid }: Row): boolean =>
    tags.includes(identity.tag) || name === undefined || name === hostnameOf(want) || ids.has(vmid);
  return rows.filter(isLikely);
}

/** Whether the VM was created or marked under this name and id. */
function isOriginal({ config, mark, vmid }: Found, { uuid }: Identity, { managedBy, name }: Want): boolean {
  const facts = factsIn(mark);
  if (facts !== undefined && facts.vmid !== vmid) return false;
  if (uuidIn(config) === uuid) return true;
  return mark?.managedBy === managedBy && facts?.name === name && isFor(facts, vmid, config);
}

const carriesMark = ({ mark }: Found, { managedBy, name }: Want): boolean =>
  mark?.managedBy === managedBy && factsIn(mark)?.name === name;

const severalVms = ({ name }: Want, one: Found, other: Found): Error =>
  failure(
    `the VMs ${one.vmid} and ${other.vmid} both have the UUID of ${name}, so it is unknown which one is meant`,
    "proxmox.vm.ambiguous",
    "Set `vmid` to the id of the right one, or give the copy another UUID: `qm set ID --smbios1 uuid=...`",
  );

const inOtherPool = ({ name, pool }: Want, found: Found): Error =>
  failure(
    `the VM ${found.vmid} has the UUID of ${name}, but is in ${poolInWords(found.pool)} and not in ${poolInWords(pool)}`,
    "proxmox.vm.otherPool",
    `If it is yours, set \`vmid = ${found.vmid}\`, and the provider moves it; otherwise remove it`,
  );

const poolInWords = (pool: string | null): string => (pool === null ? "no pool" : `the pool ${pool}`);
