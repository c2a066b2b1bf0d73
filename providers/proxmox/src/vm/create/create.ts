import { AlreadyExists, codeOf, type Mark } from "@nixops4-resources/protocol-core";
import { failure, Rejected } from "../../api/failure.ts";
import { refuseGuest } from "../agent/guest-facts.ts";
import { followTask, upid } from "../../api/task.ts";
import type { ProxmoxWriter } from "../../api/writer.ts";
import { whileLocked } from "../../lock.ts";
import type { Place } from "../config/guest-config.ts";
import { untilFree, wordsOf } from "../config/write.ts";
import { finishClone } from "../clone/finish.ts";
import { cloneOrder } from "../clone/order.ts";
import { chooseCloneSite } from "../clone/template.ts";
import { warnWithoutEfiDisk } from "../disks/firmware.ts";
import { chooseSite } from "../disks/image.ts";
import { growImported } from "../disks/grow.ts";
import { atStorage } from "../disks/storage-place.ts";
import { holderOf } from "../identity/creating.ts";
import { Identity } from "../identity/identity.ts";
import { requireSight } from "../identity/sight.ts";
import { imageIn, templateIn, type TemplateInputs, type Want } from "../inputs.ts";
import { names } from "../names.ts";
import { startVm } from "../power/power.ts";
import { withinQuota } from "../quota/quota.ts";
import { writeTags } from "../update/tags.ts";
import { storageLock, type Order } from "./order.ts";
import { createParameters } from "./parameters.ts";

/** Creates the VM with its mark. Throws AlreadyExists if another request was faster. */
export async function createVm(client: ProxmoxWriter, want: Want, mark: Mark): Promise<void> {
  const refusal = refuseGuest(want);
  if (refusal !== undefined) throw refusal;
  const { uuid } = new Identity(want);
  const template = templateIn(want);
  await whileLocked("vm", uuid, () =>
    template === undefined ? createNew(client, want, mark) : createClone(client, want, mark, template),
  );
}

async function createNew(client: ProxmoxWriter, want: Want, mark: Mark): Promise<void> {
  warnWithoutEfiDisk(client, want);
  const site = await chooseSite(client, want);
  const order: Order = {
    path: `/nodes/${site.node}/qemu`,
    parametersFor: (vmid) => createParameters(want, vmid, mark),
    inputNames: names,
    node: site.node,
    storages: imageStorages(want),
    passing: storageLock,
  };
  await createAndThen(client, want, order, async (place) => {
    await writeTags(client, place, mark, want);
    await growImported(client, place, want, site);
  });
}

async function createClone(client: ProxmoxWriter, want: Want, mark: Mark, template: TemplateInputs): Promise<void> {
  const site = await chooseCloneSite(client, want, template);
  warnWithoutEfiDisk(client, want, site.template.config);
  const order = cloneOrder(want, mark, site);
  await createAndThen(client, want, order, (place) => finishClone(client, want, place, mark));
}

/** Creates the VM, does the rest, and starts it. */
async function createAndThen(
  client: ProxmoxWriter,
  want: Want,
  order: Order,
  rest: (place: Place) => Promise<void>,
): Promise<void> {
  const vmid = await withinQuota(client, want, undefined, () => createSomewhere(client, want, order));
  const place = { node: order.node, vmid };
  await whileLocked("vm", String(vmid), async () => {
    await rest(place);
    if (want.power === "running") await startVm(client, place);
  });
}

/** Takes the first id that is free. Proxmox itself decides who gets an id. */
async function createSomewhere(client: ProxmoxWriter, want: Want, order: Order): Promise<number> {
  const ids = want.vmid === null ? new Identity(want).vmids(want.vmidRange) : [want.vmid];
  for (const vmid of ids) {
    if (await createAt(client, want, order, vmid)) return vmid;
  }
  throw idsTaken(want);
}

/** Whether the id was free. */
async function createAt(client: ProxmoxWriter, want: Want, order: Order, vmid: number): Promise<boolean> {
  const { path, parametersFor, inputNames } = order;
  try {
    await whileStoring(vmid, order, async () => {
      const task = await client.call("POST", path, parametersFor(vmid), upid, inputNames);
      await followTask(client, task, `the create of VM ${vmid}`);
    });
    return true;
  } catch (error) {
    const isUnknown = codeOf(error) === "proxmox.node.unreachable";
    // Proxmox says this in place of a path if the pool is not ours, and an id may belong to a VM that the token does not see.
    const isBare = error instanceof Rejected && error.words === "Permission check failed";
    const isTaken = saysTaken(wordsOf(error), vmid);
    if (isBare || isTaken) await requireSight(client, want);
    if (!isUnknown && !isTaken) throw error;
    const holder = await holderOf(client, want, vmid);
    if (holder === "ours" || isUnknown) throw new AlreadyExists(want.name);
    return false;
  }
}

/**
 * While the first create of an id runs, a second one waits for its lock in vain. A clone learns from the file system of the
 * cluster that another node, or a container, has the id. Source: PVE::File of pve-common, memdb_rename of pve-cluster.
 */
const saysTaken = (words: string, vmid: number): boolean =>
  /VM [0-9]+ already exists|config file already exists/.test(words) ||
  words.includes(`can't lock file '/var/lock/qemu-server/lock-${vmid}.conf'`) ||
  words.includes(`/qemu-server/${vmid}.conf' failed: File exists`);

const imageStorages = (want: Want): string[] => {
  const slot = imageIn(want)?.slot;
  const storage = slot === undefined ? undefined : want.disks[slot]?.storage;
  return storage === undefined ? [] : [storage];
};

/** Takes a place at each storage in turn, and repeats the work if a lock of Proxmox times out. */
async function whileStoring(vmid: number, order: Order, work: () => Promise<void>): Promise<void> {
  const [storage, ...others] = order.storages;
  if (storage === undefined) return await untilFree({ vmid }, work, order.passing);
  await atStorage(order.node, storage, () => whileStoring(vmid, { ...order, storages: others }, work));
}

function idsTaken({ vmid, vmidRange: { first, last } }: Want): Error {
  const ids = vmid === null ? `every id from ${first} to ${last} belongs` : `the id ${vmid} belongs`;
  return failure(
    `${ids} to another VM, which the token may not see`,
    "proxmox.vm.idTaken",
    vmid === null ? "Declare a larger `vmidRange`" : "Declare another `vmid`, or null",
  );
}
