import type { Faults } from "../../control/faults.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import { notEmulated } from "../../refusal.ts";
import type { Storage, Volume } from "../../storage/storage.ts";
import type { Format } from "../../storage/volume-names.ts";
import type { Task } from "../../tasks/task.ts";

export interface Copy {
  /** The source's volume id, for the log. */
  readonly source: string;
  readonly image: Volume;
  readonly storage: Storage;
  readonly format: Format;
  readonly node: string;
  readonly vmid: number;
  /** Called as soon as the new volume exists, before it has its content. */
  readonly made: (storage: Storage, volume: Volume) => void;
}

interface CopyWork {
  readonly datacenter: Datacenter;
  readonly task: Pick<Task, "log" | "pause">;
}

/** Copies an image into a new volume of a VM. Source: PVE/QemuServer.pm: clone_disk */
export async function copyDisk({ datacenter, task }: CopyWork, copy: Copy): Promise<Volume> {
  const { source, image, storage, format, node, vmid } = copy;
  storage.requireContent("images");
  if (datacenter.hardware !== undefined && (image.contents === undefined || image.owner !== undefined)) {
    throw notEmulated("the copy of a disk that a machine uses, or of a download");
  }
  task.log(`create full clone of drive (${source})`);
  const key = storage.freeDiskName(node, vmid, format);
  const volume = storage.add(node, {
    key,
    content: "images",
    format,
    owner: vmid,
    size: image.size,
    used: image.used,
    base: undefined,
    contents: image.contents,
  });
  copy.made(storage, volume);
  await transfer(datacenter.faults, task, image);
  return volume;
}

const step = 4 * 1024 ** 2;

/** Logs a line per 4 MiB, but no more than 100 lines. Reference: section 4 */
async function transfer(faults: Faults, task: Pick<Task, "log" | "pause">, { size, used }: Volume): Promise<void> {
  const speed = faults.mebibytesPerSecond;
  const milliseconds = speed === null ? 0 : (used / (speed * 1024 ** 2)) * 1000;
  const steps = Math.max(1, Math.min(100, Math.ceil(size / step)));
  for (let index = 1; index <= steps; index++) {
    await task.pause(milliseconds / steps);
    const done = index === steps ? size : Math.floor((size * index) / steps);
    task.log(`transferred ${render(done)} of ${render(size)} (${((done / size) * 100).toFixed(2)}%)`);
  }
}

/** Source: PVE/Format.pm: render_bytes */
function render(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let [value, index] = [bytes, 0];
  while (value >= 1024 && index < units.length - 1) {
    value /= 1024;
    index++;
  }
  return index === 0 ? `${value} B` : `${value.toFixed(1)} ${units[index]}`;
}
