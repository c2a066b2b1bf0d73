import { randomUUID } from "node:crypto";
import { parseCard, printCard, randomMac } from "../values/card.ts";
import { isCd, isCloudInit, isPlainCd, printDrive, withOptions, withVolume, type Drive } from "../values/drive.ts";
import { checkBridges, type Scope } from "../config/key-permissions.ts";
import { isCardKey, isDriveKey, isUnusedKey } from "../values/keys.ts";
import { copyDisk } from "../disks/copy-disk.ts";
import { imageFormat, isKill } from "../disks/create-disks.ts";
import { volumeOf, type OwnVolume } from "../disks/unused.ts";
import { drivesOf } from "../disks/volume-access.ts";
import { Guest } from "../guest.ts";
import { checkLock } from "../locks.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import type { Parameters } from "../../http/parameters.ts";
import type { Call } from "../../http/route.ts";
import { failure, forbidden, invalid, notEmulated, textOf } from "../../refusal.ts";
import type { Storage } from "../../storage/storage.ts";
import { splitVolumeId } from "../../storage/volume-names.ts";
import type { Task } from "../../tasks/task.ts";

interface Plan {
  readonly datacenter: Datacenter;
  readonly source: Guest;
  readonly newId: number;
  readonly scope: Scope;
  readonly isFull: boolean;
  readonly parameters: Parameters;
}

/** Source: PVE/API2/Qemu.pm: clone_vm */
export function cloneGuest(datacenter: Datacenter, { caller, parameters }: Call): string {
  const node = parameters.required("node");
  const source = datacenter.guest(node, Number(parameters.required("vmid")));
  const newId = Number(parameters.required("newid"));
  const isFull = parameters.has("full") ? parameters.flag("full") : !source.isTemplate;
  const scope = { access: datacenter.access, caller, vmid: newId };
  const plan: Plan = { datacenter, source, newId, scope, isFull, parameters };
  check(plan);
  return datacenter.tasks.start({ node, caller }, "qmclone", String(source.vmid), async (task) => {
    // Reference: section 6, locks
    if (source.running === undefined) await datacenter.locks.share(source.vmid, 1, () => withTarget(plan, task));
    else await datacenter.locks.hold(source.vmid, 1, () => withTarget(plan, task));
  });
}

const withTarget = (plan: Plan, task: Task): Promise<void> =>
  plan.datacenter.locks.hold(plan.newId, 1, () => work(plan, task));

function check(plan: Plan): void {
  const { datacenter, source, scope, isFull, parameters } = plan;
  const { access, caller } = scope;
  const [pool, storage] = [parameters.text("pool"), parameters.text("storage")];
  if (pool !== undefined && !access.pools.has(pool)) throw forbidden(`pool '${pool}' does not exist`);
  const target = parameters.text("target") ?? source.node;
  if (!datacenter.nodes.some(({ name }) => name === target)) throw failure(`no such cluster node '${target}'`);
  if (parameters.has("snapname")) throw notEmulated("clones of snapshots");
  if (storage !== undefined) checkTargetStorage(datacenter.storages.storage(storage), target !== source.node);
  checkLock(source);
  if (!isFull && storage !== undefined) throw failure("parameter 'storage' not allowed for linked clones");
  if (!isFull && parameters.has("format")) throw failure("parameter 'format' not allowed for linked clones");
  for (const [, drive] of drivesOf(source.config.current)) {
    const from = splitVolumeId(drive.file)?.storage;
    if (from === undefined) continue;
    if (!isCd(drive)) access.permissions.require(caller, `/storage/${storage ?? from}`, "Datastore.AllocateSpace");
    if (target !== source.node && !datacenter.storages.storage(from).settings.isShared) {
      throw failure(`can't clone VM to node '${target}' (VM uses local storage)`);
    }
  }
  checkBridges(scope, source.config.current);
  checkNewId(plan);
  for (const [key, drive] of drivesOf(source.config.current)) {
    const isBase = volumeOf(datacenter, source.node, drive.file)?.volume.key.includes("/base-") === true;
    if (isFull || isPlainCd(drive) || isCloudInit(drive) || isBase) continue;
    throw failure(`Linked clone feature is not supported for '${drive.file}' (${key})`);
  }
}

/** Only the node of the source is asked. */
function checkNewId({ datacenter, source, newId }: Plan): void {
  if (datacenter.guests.get(newId)?.node !== source.node) return;
  throw failure(`unable to create VM ${newId}: config file already exists`);
}

function checkTargetStorage({ name, settings: { contents, isShared } }: Storage, isOtherNode: boolean): void {
  if (!contents.has("images")) throw invalid({ storage: `storage '${name}' does not support vm images` });
  if (isOtherNode && !isShared) throw failure(`can't clone to non-shared storage '${name}'`);
}

async function work(plan: Plan, task: Task): Promise<void> {
  const { datacenter, source, newId, parameters } = plan;
  checkLock(source);
  checkNewId(plan);
  task.log(`creating a clone of VM ${source.vmid} with ID ${newId}`);
  // The file system of the cluster has each id once. Source: pmxcfs/memdb.c: memdb_rename; PVE/File.pm: file_set_contents
  if (datacenter.guests.has(newId)) {
    const file = `/etc/pve/nodes/${source.node}/qemu-server/${newId}.conf`;
    throw failure(`close (rename) atomic file '${file}' failed: File exists`);
  }
  const guest = new Guest(newId, source.node);
  datacenter.guests.set(newId, guest);
  // Until the first disk is made, nothing else is in the configuration. Reference: section 7
  guest.config.current.set("lock", "clone").set("description", " qmclone temporary file");
  const made: OwnVolume[] = [];
  try {
    await cloneDisks(plan, guest, task, made);
    await task.pause();
    guest.config.current.delete("lock");
  } catch (error) {
    if (isKill(error)) throw error;
    for (const { storage, volume } of made) storage.remove(volume);
    datacenter.guests.delete(newId);
    throw failure(`clone failed: ${textOf(error)}`);
  }
  guest.node = parameters.text("target") ?? source.node;
  datacenter.firewalls.copy(source.vmid, newId);
  const pool = parameters.text("pool");
  if (pool !== undefined) datacenter.access.pools.find(pool)?.vms.add(newId);
}

/** The configuration is written after each disk, and still has the lock. Source: PVE/API2/Qemu.pm: clone_vm */
async function cloneDisks(plan: Plan, guest: Guest, task: Task, made: OwnVolume[]): Promise<void> {
  const values = newConfig(plan);
  const drives = [...drivesOf(plan.source.config.current)].filter(([, drive]) => !isPlainCd(drive));
  if (drives.length === 0) writeConfig(guest, values);
  for (const [key, drive] of drives.toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    values.set(key, printDrive(await cloneDisk(plan, guest, drive, task, made)));
    writeConfig(guest, values);
  }
}

function writeConfig({ config: { current } }: Guest, values: ReadonlyMap<string, string>): void {
  current.clear();
  for (const [key, value] of values) current.set(key, value);
  current.set("lock", "clone");
}

async function cloneDisk(plan: Plan, guest: Guest, drive: Drive, task: Task, made: OwnVolume[]): Promise<Drive> {
  const { datacenter, source, parameters, isFull } = plan;
  const from = volumeOf(datacenter, source.node, drive.file);
  if (from === undefined) throw failure(`volume ${drive.file} does not exist`);
  const storage = datacenter.storages.storage(parameters.text("storage") ?? from.storage.name);
  const { vmid, node } = guest;
  if (isCloudInit(drive)) {
    const { format, size } = from.volume;
    const key = `${vmid}/vm-${vmid}-cloudinit.${format}`;
    const volume = storage.add(node, {
      key,
      content: "images",
      format,
      owner: vmid,
      size,
      used: size,
      base: undefined,
    });
    made.push({ storage, volume });
    return withOptions(withVolume(drive, storage.volumeId(volume), size), { media: "cdrom" });
  }
  if (isFull) {
    const format = imageFormat(parameters.text("format")) ?? from.volume.format;
    const copy = { source: drive.file, image: from.volume, storage, format, node, vmid };
    const volume = await copyDisk(
      { datacenter, task },
      { ...copy, made: (to, added) => made.push({ storage: to, volume: added }) },
    );
    return withVolume(drive, storage.volumeId(volume), volume.size);
  }
  task.log(`create linked clone of drive (${drive.file})`);
  const { size, key: base } = from.volume;
  const key = from.storage.freeDiskName(node, vmid, "qcow2");
  const rest = { content: "images", format: "qcow2", owner: vmid } as const;
  const volume = from.storage.add(node, { key, ...rest, size, used: 196_608, base });
  made.push({ storage: from.storage, volume });
  await task.pause();
  return withVolume(drive, from.storage.volumeId(volume), size);
}

/** Tags, memory and the rest are the source's; MACs and ids are new. Reference: section 3, clone */
function newConfig({ source, parameters }: Plan): Map<string, string> {
  const values = new Map<string, string>();
  const drives = new Map(drivesOf(source.config.current));
  for (const [key, value] of source.config.current) {
    const drive = drives.get(key);
    if (drive !== undefined && isPlainCd(drive)) values.set(key, value);
    if (isUnusedKey(key) || isDriveKey(key) || ["template", "lock", "vmstate", "parent"].includes(key)) continue;
    values.set(key, isCardKey(key) ? printCard({ ...parseCard(value), macaddr: randomMac() }) : value);
  }
  values.set("smbios1", withNewUuid(values.get("smbios1") ?? ""));
  if (values.has("vmgenid")) values.set("vmgenid", randomUUID());
  values.set("name", parameters.text("name") ?? `Copy-of-VM-${source.config.current.get("name") ?? source.vmid}`);
  const description = parameters.text("description");
  if (description !== undefined && description !== "") values.set("description", description);
  return values;
}

function withNewUuid(smbios1: string): string {
  const others = smbios1.split(",").filter((part) => part !== "" && !part.startsWith("uuid="));
  return [...others, `uuid=${randomUUID()}`].sort().join(",");
}
