import { existsSync, readFileSync, statfsSync } from "node:fs";

const folder = "/dev/shm";

/** What the servers of a run may need together, in bytes. */
const roomForAll = 6 * 2 ** 30;

/** Source: https://man7.org/linux/man-pages/man2/statfs.2.html */
const tmpfs = 0x01_02_19_94;

/**
 * A folder in memory with room for the servers of all tests; undefined where there is none. PostgreSQL creates and deletes
 * hundreds of files for each database. ext4's search for a free inode passes over all that were deleted in the last seconds: it
 * took a third of the processor time of the contract of `database`.
 */
export function memoryFolder(): string | undefined {
  if (process.platform !== "linux" || !existsSync(folder)) return undefined;
  const { type, bavail, bsize } = statfsSync(folder);
  const hasRoom = Math.min(bavail * bsize, process.availableMemory()) >= roomForAll;
  return type === tmpfs && hasRoom && mayExecute() ? folder : undefined;
}

/** PostgreSQL's programs are copied beside its data. Source: https://man7.org/linux/man-pages/man5/proc_pid_mounts.5.html */
function mayExecute(): boolean {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const options = mounts.map((line) => line.split(" ")).findLast(([, path]) => path === folder)?.[3];
  return options?.split(",").includes("noexec") === false;
}
