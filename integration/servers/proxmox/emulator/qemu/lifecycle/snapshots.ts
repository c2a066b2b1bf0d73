import { isCd } from "../values/drive.ts";
import { ownVolume, type OwnVolume } from "../disks/unused.ts";
import { drivesOf } from "../disks/volume-access.ts";
import type { Guest } from "../guest.ts";
import { checkLock } from "../locks.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import type { Call } from "../../http/route.ts";
import { failure, notEmulated } from "../../refusal.ts";

/** The list ends with the present state. Reference: section 3, snapshots */
export function listSnapshots({ config, running }: Guest): unknown[] {
  const rows = [...config.snapshots].map(([name, { description, time, parent }]) => ({
    name,
    snaptime: time,
    vmstate: 0,
    description: description ?? "",
    ...(parent === undefined ? {} : { parent }),
  }));
  const parent = config.parent === undefined ? {} : { parent: config.parent };
  const present = { name: "current", digest: config.digest, running: running === undefined ? 0 : 1, ...parent };
  return [...rows, { ...present, description: "You are here!" }];
}

function disksOf(datacenter: Datacenter, guest: Guest): OwnVolume[] {
  return drivesOf(guest.config.current)
    .filter(([, drive]) => !isCd(drive))
    .flatMap(([, { file }]) => ownVolume(datacenter, guest, file) ?? []);
}

function named({ config }: Guest, name: string) {
  const snapshot = config.snapshots.get(name);
  if (snapshot === undefined) throw failure(`snapshot '${name}' does not exist`);
  return snapshot;
}

interface Work {
  readonly guest: Guest;
  readonly name: string;
}

/** Starts a task that works on the snapshots of a VM. */
function start(
  datacenter: Datacenter,
  { caller, parameters }: Call,
  type: string,
  work: (found: Work) => void,
): string {
  const node = parameters.required("node");
  const guest = datacenter.guest(node, Number(parameters.required("vmid")));
  const name = parameters.required("snapname");
  return datacenter.tasks.start({ node, caller }, type, String(guest.vmid), (task) =>
    datacenter.locks.hold(guest.vmid, 10, async () => {
      checkLock(guest);
      await task.pause();
      work({ guest, name });
    }),
  );
}

/** Source: PVE/AbstractConfig.pm: snapshot_create */
export function createSnapshot(datacenter: Datacenter, call: Call): string {
  const name = call.parameters.required("snapname");
  if (name === "current") throw failure("unable to use snapshot name 'current' (reserved name)");
  if (name === "pending") throw failure("unable to use snapshot name 'pending' (reserved name)");
  if (call.parameters.flag("vmstate")) throw notEmulated("a snapshot with the memory");
  if (datacenter.hardware !== undefined) throw notEmulated("a snapshot of a machine");
  return start(datacenter, call, "qmsnapshot", ({ guest }) => {
    const { config } = guest;
    if (config.snapshots.has(name)) throw failure(`snapshot name '${name}' already used`);
    const disks = disksOf(datacenter, guest);
    if (disks.some(({ volume }) => volume.format !== "qcow2")) throw failure("snapshot feature is not available");
    for (const { volume } of disks) volume.snapshots.add(name);
    config.snapshots.set(name, {
      description: call.parameters.text("description"),
      time: Math.floor(Date.now() / 1000),
      parent: config.parent,
      values: new Map(config.current),
    });
    config.parent = name;
  });
}

export function deleteSnapshot(datacenter: Datacenter, call: Call): string {
  return start(datacenter, call, "qmdelsnapshot", ({ guest, name }) => {
    const { parent } = named(guest, name);
    for (const { volume } of disksOf(datacenter, guest)) volume.snapshots.delete(name);
    guest.config.snapshots.delete(name);
    if (guest.config.parent === name) guest.config.parent = parent;
  });
}

export function rollBack(datacenter: Datacenter, call: Call): string {
  return start(datacenter, call, "qmrollback", ({ guest, name }) => {
    const { values } = named(guest, name);
    const { current, pending, pendingDelete } = guest.config;
    for (const section of [current, pending, pendingDelete]) section.clear();
    for (const [key, value] of values) current.set(key, value);
    guest.config.parent = name;
    guest.running = undefined;
  });
}
