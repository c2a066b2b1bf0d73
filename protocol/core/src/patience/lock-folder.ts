import { mkdirSync, lstatSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf, messageOf, ProviderError } from "../report/error.ts";
import { log } from "../report/log.ts";

/** Folder of this user's correctness locks. It does not depend on the environment: all processes must agree on it. */
export function lockFolder(): string {
  const folder = join(ensureFolder(shared()), "locks");
  return ensureFolder(folder);
}

/**
 * Folder of the places at backends; undefined if none can be used: then nothing limits concurrent requests. Environments
 * that differ (`sudo -E`, a service) may disagree about it, which only raises the limit.
 */
export function placeFolder(): string | undefined {
  const { XDG_RUNTIME_DIR: session, RUNTIME_DIRECTORY: service } = process.env;
  const parents = [session, service?.split(":", 1)[0]].filter((path) => path?.startsWith("/") === true);
  const reasons: string[] = [];
  for (const folder of [...parents.map((path) => join(String(path), "nixops4-resources")), shared()]) {
    try {
      return ensureFolder(folder);
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  log.warn("the number of concurrent requests is not limited, since no folder can hold the locks", { reasons });
  return undefined;
}

const shared = (): string => `/tmp/nixops4-resources-${userId()}`;

const userId = (): number => process.getuid?.() ?? 0;

/**
 * Creates the folder, or checks that nobody else can have prepared it: other users could hold our locks in it, or lead our
 * files elsewhere by links.
 */
function ensureFolder(folder: string): string {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw unusable(folder, `it cannot be created: ${codeOf(error)}`, error);
  }
  const { uid, mode, isDirectory } = describe(folder, lstatSync);
  if (!isDirectory) throw unusable(folder, "it is not a folder");
  if (uid !== userId()) throw unusable(folder, `it belongs to the user with the id ${uid}`);
  if ((mode & 0o077) !== 0) throw unusable(folder, `other users have access to it (mode ${octal(mode)})`);
  refuseParent(folder);
  return folder;
}

/** Whoever can rename entries of the parent can replace our folder. In a sticky folder, only owners can. */
function refuseParent(folder: string): void {
  const parent = dirname(folder);
  const { uid, mode } = describe(parent, statSync);
  if (uid !== userId() && uid !== 0) throw unusable(folder, `${parent} belongs to the user with the id ${uid}`);
  if ((mode & 0o022) !== 0 && (mode & 0o1000) === 0) {
    throw unusable(
      folder,
      `other users can replace it, since ${parent} has mode ${octal(mode)} without the sticky bit`,
    );
  }
}

function describe(path: string, stat: typeof statSync): { uid: number; mode: number; isDirectory: boolean } {
  try {
    const found = stat(path);
    return { uid: found.uid, mode: found.mode & 0o7777, isDirectory: found.isDirectory() };
  } catch (error) {
    throw unusable(path, `it cannot be read: ${codeOf(error)}`, error);
  }
}

const octal = (mode: number): string => mode.toString(8).padStart(4, "0");

const unusable = (folder: string, reason: string, cause?: unknown): ProviderError =>
  new ProviderError(`the folder ${folder} cannot hold the locks: ${reason}`, {
    code: "protocol.lock.folder",
    hint: `Remove ${folder}, as root if it belongs to another user, and make its parent writable for this user`,
    cause,
  });
