// Runs a command of this repository with the right Node, pnpm and dependencies, and installs them first if missing.
//   node integration/scripts/run.mjs COMMAND [ARGUMENT...]
// `npm test` and its siblings start with it, so it needs only Node 20 and npm.
import { spawnSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { installInputs } from "./run/manifests.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const toolchain = join(root, "integration/scripts/toolchain");
const bins = [join(root, "node_modules/.bin"), join(toolchain, "node_modules/.bin")];

/** The oldest Node that the development tools run on; see engines in package.json. */
const [major, minor] = process.versions.node.split(".").map(Number);
const nodeIsNewEnough = major > 24 || (major === 24 && minor >= 11);

const [command, ...args] = process.argv.slice(2);
if (command === undefined) fail("Usage: node integration/scripts/run.mjs COMMAND [ARGUMENT...]");

await onlyOne(join(root, "node_modules/.setup-lock"), () => {
  const toolchainLock = join(toolchain, "package-lock.json");
  once(join(toolchain, "node_modules/.stamp"), [toolchainLock], "Node and pnpm", () =>
    run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], toolchain),
  );
  once(join(root, "node_modules/.stamp"), installInputs(root), "dependencies", () =>
    run(
      node(),
      [join(toolchain, "node_modules/pnpm/bin/pnpm.mjs"), "install", ...lockfile(), "--reporter=append-only"],
      root,
    ),
  );
});

const child = spawn(command === "node" ? node() : command, args, { stdio: "inherit", env: environment() });
// The terminal sends Ctrl-C to the whole process group. The command decides how to end, and this process reports it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => signal === "SIGINT" || child.kill(signal));
child.on("error", (error) => fail(`Unable to start ${command}: ${error.message}`));
child.on("exit", (code, signal) => process.exit(signal === null ? code : 128 + (signal === "SIGINT" ? 2 : 15)));

function node() {
  if (nodeIsNewEnough) return process.execPath;
  const own = join(toolchain, "node_modules/.bin/node");
  if (!existsSync(own))
    fail(
      `Node 24 is not installed, and no package has it for ${process.platform} ${process.arch}.\nHint: Install Node 24.11 or newer.`,
    );
  return own;
}

function environment() {
  const path = [...(nodeIsNewEnough ? [dirname(process.execPath)] : []), ...bins, process.env.PATH];
  // Otherwise each process compiles all its TypeScript again, which is two thirds of the cost of its start.
  const cache = join(root, "node_modules/.compile-cache");
  return { NODE_COMPILE_CACHE: cache, ...process.env, PATH: path.join(delimiter) };
}

/** CI installs exactly the lockfile; elsewhere a new dependency updates it. */
function lockfile() {
  return process.env.CI ? ["--frozen-lockfile"] : ["--no-frozen-lockfile", "--prefer-offline"];
}

/** Runs `work` unless it already ran with the same contents of `files`. */
function once(stamp, files, what, work) {
  const digest = () => {
    const hash = createHash("sha256").update(process.platform + process.arch);
    for (const file of files) hash.update(readFileSync(file));
    return hash.digest("hex");
  };
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest()) return;
  console.error(`Installing ${what} ...`);
  work();
  writeFileSync(stamp, digest());
}

/** Prevents two runs from installing into one folder at the same time; the lock of a process that died is ignored. */
async function onlyOne(lock, work) {
  mkdirSync(dirname(lock), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (!isAlive(Number(readFileSync(lock, "utf8")))) rmSync(lock, { force: true });
      await sleep(200);
    }
  }
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isAlive(pid) {
  try {
    return pid === 0 || process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

function run(program, argv, cwd) {
  // stdout belongs to the command, so an installer's output goes to stderr.
  const { status, error } = spawnSync(program, argv, { cwd, stdio: ["ignore", 2, 2], env: environment() });
  if (status !== 0) fail(`Unable to run ${program} ${argv.join(" ")}${error ? `: ${error.message}` : ""}`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
