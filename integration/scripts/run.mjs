// Runs a command of this repository with the right Node, pnpm and dependencies, bringing them first where they lack.
//   node integration/scripts/run.mjs COMMAND [ARGUMENT...]
// It is what stands behind `npm test` and its siblings, so it needs nothing but Node 20 and npm.
import { spawnSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

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
  once(join(root, "node_modules/.stamp"), [join(root, "pnpm-lock.yaml"), ...manifests()], "dependencies", () =>
    run(
      node(),
      [join(toolchain, "node_modules/pnpm/bin/pnpm.mjs"), "install", ...lockfile(), "--reporter=append-only"],
      root,
    ),
  );
});

const child = spawn(command === "node" ? node() : command, args, { stdio: "inherit", env: environment() });
// The terminal sends Ctrl-C to the whole process group: the command decides what it means, and we report how it ended.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => signal === "SIGINT" || child.kill(signal));
child.on("error", (error) => fail(`Unable to start ${command}: ${error.message}`));
child.on("exit", (code, signal) => process.exit(signal === null ? code : 128 + (signal === "SIGINT" ? 2 : 15)));

function node() {
  if (nodeIsNewEnough) return process.execPath;
  const own = join(toolchain, "node_modules/.bin/node");
  if (!existsSync(own))
    fail(`There is no Node 24 for ${process.platform} ${process.arch} here. Hint: install Node 24.`);
  return own;
}

function environment() {
  const path = [...(nodeIsNewEnough ? [dirname(process.execPath)] : []), ...bins, process.env.PATH];
  return { ...process.env, PATH: path.join(delimiter) };
}

/** package.json of every workspace package: a new one needs an install too. */
function manifests() {
  const folders = ["protocol", "providers"].flatMap((parent) =>
    existsSync(join(root, parent)) ? readdirSync(join(root, parent)).map((name) => join(root, parent, name)) : [],
  );
  return [root, join(root, "integration"), ...folders].map((folder) => join(folder, "package.json")).filter(existsSync);
}

/** CI takes the lockfile as it is; a person who adds a package has it brought up to date. */
function lockfile() {
  return process.env.CI ? ["--frozen-lockfile"] : ["--no-frozen-lockfile", "--prefer-offline"];
}

/** Runs `work` unless it ran before with the same contents of `files`. */
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

/** Keeps two runs from installing into the same folder at the same time; a lock whose holder died is taken over. */
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
  // stdout is the command's own; what an installer says is progress.
  const { status, error } = spawnSync(program, argv, { cwd, stdio: ["ignore", 2, 2], env: environment() });
  if (status !== 0) fail(`Unable to run ${program} ${argv.join(" ")}${error ? `: ${error.message}` : ""}`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
