import { emptyFileSize, type Storage, type Volume } from "./storage.ts";
import { parseVolumeName, splitVolumeId } from "./volume-names.ts";
import { all, any, anyone } from "../access/permission-rules.ts";
import type { Caller } from "../access/caller.ts";
import type { Datacenter } from "../cluster/datacenter.ts";
import type { Parameters } from "../http/parameters.ts";
import type { Call, Route } from "../http/route.ts";
import { checkVolumeAccess } from "../qemu/disks/volume-access.ts";
import { imageFormat } from "../qemu/disks/create-disks.ts";
import { failure, invalid, Refusal } from "../refusal.ts";

const content = "/nodes/{node}/storage/{storage}/content";

/** Volumes. Source: PVE/API2/Storage/Content.pm */
export const contentRoutes = (datacenter: Datacenter): readonly Route[] => [
  {
    method: "GET",
    path: content,
    permission: any("/storage/{storage}", "Datastore.Audit", "Datastore.AllocateSpace"),
    answer: (call) => listContent(datacenter, call),
  },
  {
    method: "POST",
    path: content,
    permission: all("/storage/{storage}", "Datastore.AllocateSpace"),
    answer: ({ parameters }) => allocate(datacenter, parameters),
  },
  { method: "GET", path: `${content}/{volume}`, permission: anyone, answer: (call) => readVolume(datacenter, call) },
  {
    method: "DELETE",
    path: `${content}/{volume}`,
    permission: anyone,
    answer: (call) => deleteVolume(datacenter, call),
  },
];

/** Images have the size that a guest sees, other files their own. Reference: section 13, upload and import */
const listedSize = (volume: Volume): number => (volume.content === "images" ? volume.size : volume.used);

function listContent(datacenter: Datacenter, { caller, parameters }: Call): unknown {
  const storage = datacenter.storages.storage(parameters.required("storage"));
  const [kind, vmid] = [parameters.text("content"), parameters.integer("vmid")];
  return storage
    .volumesOn(parameters.required("node"))
    .filter((volume) => storage.settings.contents.has(volume.content))
    .filter((volume) => kind === undefined || volume.content === kind)
    .filter(({ owner }) => vmid === undefined || owner === vmid)
    .filter((volume) => isVisible(datacenter, caller, storage.volumeId(volume)))
    .map((volume) => rowOf(storage, volume))
    .sort((one, other) => (one.volid.toLowerCase() < other.volid.toLowerCase() ? -1 : 1));
}

function rowOf(storage: Storage, volume: Volume) {
  const { content: kind, format, owner, used, createdAt, base } = volume;
  return {
    volid: storage.volumeId(volume),
    content: kind,
    format,
    size: listedSize(volume),
    ctime: createdAt,
    ...(kind === "images" ? { used, parent: base ?? null } : {}),
    ...(owner === undefined ? {} : { vmid: owner }),
  };
}

function isVisible({ access, storages }: Datacenter, caller: Caller, volid: string): boolean {
  try {
    checkVolumeAccess({ access, caller, vmid: 0 }, storages, volid);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** Under any id, another tenant's too. Reference: section 13, destroy */
function allocate({ storages }: Datacenter, parameters: Parameters): string {
  const storage = storages.storage(parameters.required("storage"));
  const [filename, vmid] = [parameters.required("filename"), Number(parameters.required("vmid"))];
  const [, extension] = /\.(raw|qcow2|vmdk)$/.exec(filename) ?? [];
  const given = parameters.text("format");
  if (extension !== undefined && given !== undefined && given !== extension) {
    throw invalid({ format: `different storage formats (${given} != ${extension})` });
  }
  const format = imageFormat(extension ?? given) ?? "raw";
  const key = `${vmid}/${filename}`;
  if (parseVolumeName(key).format !== format) {
    throw failure(`illegal name '${filename}' - wrong extension for format ('${extension ?? ""} != '${format}')`);
  }
  storage.requireContent("images");
  const node = parameters.required("node");
  if (storage.find(node, key) !== undefined) throw failure(`disk image '${storage.pathOf(key)}' already exists`);
  const size = bytesOf(parameters.required("size"));
  const rest = { content: "images", owner: vmid, base: undefined } as const;
  return storage.volumeId(storage.add(node, { key, format, size, used: emptyFileSize(format), ...rest }));
}

/** KiB without a unit. */
function bytesOf(text: string): number {
  const [, number = "0", unit = ""] = /^(\d+)([MG]?)$/.exec(text) ?? [];
  return Number(number) * (unit === "G" ? 1024 ** 3 : unit === "M" ? 1024 ** 2 : 1024);
}

/** The volume of a path, which may name the storage or not. */
function volumeId(parameters: Parameters): string {
  const [volume, storage] = [parameters.required("volume"), parameters.required("storage")];
  const parts = splitVolumeId(volume);
  if (parts === undefined) return `${storage}:${volume}`;
  if (parts.storage !== storage) throw invalid({ storage: `storage ID mismatch ('${parts.storage}' != '${storage}')` });
  return volume;
}

/** The size that a guest sees. Reference: section 13, upload and import */
function readVolume({ access, storages }: Datacenter, { caller, parameters }: Call): unknown {
  const volid = volumeId(parameters);
  checkVolumeAccess({ access, caller, vmid: 0 }, storages, volid);
  const storage = storages.storage(parameters.required("storage"));
  const name = volid.slice(storage.name.length + 1);
  const volume = storage.find(parameters.required("node"), name);
  if (volume === undefined) throw failure(`volume_size_info on '${volid}' failed - no format`);
  const { size, used, format } = volume;
  return { path: storage.pathOf(name), size, used, format: format === "iso" ? "raw" : format };
}

/** A missing volume still ends OK. Reference: section 3, delete volume */
function deleteVolume({ access, storages, tasks }: Datacenter, { caller, parameters }: Call): string {
  const volid = volumeId(parameters);
  const storage = storages.storage(parameters.required("storage"));
  const name = volid.slice(storage.name.length + 1);
  const { owner } = parseVolumeName(name);
  access.permissions.require(caller, `/storage/${storage.name}`, "Datastore.Allocate");
  const node = parameters.required("node");
  const id = `${owner === undefined ? "" : `${owner}@`}${storage.name}`;
  return tasks.start({ node, caller }, "imgdel", id, async (task) => {
    await task.pause();
    const volume = storage.find(node, name);
    const isUsed = volume !== undefined && storage.volumesOn(node).some(({ base }) => base === volume.key);
    if (isUsed) throw failure(`base volume '${name}' is still in use by linked cloned`);
    if (volume !== undefined) storage.remove(volume);
    task.log(`Removed volume '${volid}'`);
  });
}
