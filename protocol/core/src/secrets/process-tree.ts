import { readdirSync, readFileSync } from "node:fs";

/** Variable by which the processes of one program are found, also after their parent has ended. */
export const treeVariable = "NIXOPS4_RESOURCES_PROGRAM";

/** Time for a program to clean up, such as to turn the terminal's echo on again after it asked for a PIN. */
const graceMs = 1000;

/**
 * Ends a program and all processes that it has started, first with SIGTERM and after a second with SIGKILL.
 *
 * The program stays in the process group of its caller: a group or session of its own could not read from the terminal, on
 * which it may ask for a PIN. So its processes are looked up. A daemon in a session of its own, such as gpg-agent, is not
 * part of the program and goes on.
 */
export async function endTree(root: number, id: string): Promise<void> {
  signalAll(await treeOf(root, id), "SIGTERM");
  for (let waited = 0; waited < graceMs; waited += 50) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if ((await treeOf(root, id)).size === 0) return;
  }
  // Again while any is left: a process may have started another one meanwhile.
  for (let tries = 0; tries < 5; tries++) {
    const left = await treeOf(root, id);
    if (left.size === 0) return;
    signalAll(left, "SIGKILL");
  }
}

function signalAll(pids: ReadonlySet<number>, signal: "SIGTERM" | "SIGKILL"): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended, or belongs to another user.
    }
  }
}

interface Running {
  readonly pid: number;
  readonly parent: number;
  /** Undefined if the system does not show it. */
  readonly session?: number;
}

/** The running processes of the tree: descendants, and those of the same session with the variable. */
async function treeOf(root: number, id: string): Promise<Set<number>> {
  const all = await processes();
  const own = all.find(({ pid }) => pid === process.pid)?.session;
  const isMarked = ({ pid, session }: Running): boolean => session !== undefined && session === own && isOf(pid, id);
  const found = new Set(all.filter((one) => one.pid === root || isMarked(one)).map(({ pid }) => pid));
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  found.delete(process.pid);
  return found;
}

function isOf(pid: number, id: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(`${treeVariable}=${id}`);
  } catch {
    // It has ended, or belongs to another user.
    return false;
  }
}

async function processes(): Promise<Running[]> {
  let names: string[];
  try {
    names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return await processesByPs();
  }
  return names.length === 0 ? await processesByPs() : names.flatMap((name) => statusOf(Number(name)));
}

/** Without a zombie: it has ended. Source: proc_pid_stat(5). */
function statusOf(pid: number): Running[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state, parent, , session] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? [] : [{ pid, parent: Number(parent), session: Number(session) }];
  } catch {
    return [];
  }
}

/** Systems without /proc, by POSIX' program. */
async function processesByPs(): Promise<Running[]> {
  const { execFile } = await import("node:child_process");
  const text = await new Promise<string>((resolve) =>
    execFile("ps", ["-A", "-o", "pid=,ppid="], (_error, stdout) => resolve(stdout)),
  );
  return text.split("\n").flatMap((line) => {
    const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
    return pid > 0 ? [{ pid, parent }] : [];
  });
}
