import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { canCompile } from "./compile.ts";
import { answererOf, fine, isRoot, launcherOf, Launchers } from "./testing/launched.ts";

describe.skipIf(!canCompile())("the launcher becomes the provider", () => {
  let launcher: string;
  let launchers: Launchers;
  beforeAll(() => {
    launcher = launcherOf("released");
  });
  beforeEach(() => {
    const made = new Launchers(launcher);
    launchers = made;
    onTestFinished(() => made[Symbol.dispose]());
  });

  /** Whether the process that was started answers itself. */
  async function isDirect(environment: Record<string, string> = {}, under: readonly string[] = []): Promise<boolean> {
    const one = launchers.start(environment, under);
    one.send(fine);
    await one.answer();
    const finished = await one.finish();
    expect(finished.exitCode).toBe(0);
    return answererOf(finished) === one.pid;
  }

  test("if the worker is switched off", async () => {
    expect(await isDirect({ NIXOPS4_RESOURCES_WORKER: "off" })).toBe(true);
    expect(await isDirect({ NIXOPS4_RESOURCES_WORKER: "on" })).toBe(false);
  });

  test("for a command line, and with its arguments", () => {
    expect(launchers.run("", ["sweep", "left", "--broom", "a mop"])).toMatchObject({
      status: 0,
      stdout: "swept left with a mop\n",
    });
    expect(launchers.run("", ["--nonsense"]).status).toBe(3);
    expect(launchers.workers).toEqual([]);
  });

  test("at a terminal", () => {
    const { stdout } = spawnSync("script", ["-qec", launcher, "/dev/null"], {
      encoding: "utf8",
      env: launchers.environment(),
    });
    expect(stdout).toContain("Name a command");
  });

  test.for<[string, (folder: string) => void]>([
    ["can be entered by other users", (folder) => (mkdirSync(folder), chmodSync(folder, 0o755))],
    ["is a link", (folder) => symlinkSync("/tmp", folder)],
    ["is a file", (folder) => writeFileSync(folder, "")],
  ])("if its folder %s, and no other one can be used", async ([, plant]) => {
    plant(launchers.folder);
    // Without the folder in /tmp, which other tests use.
    expect(await isDirect({}, ["unshare", "--map-current-user", "--mount", "sh", "-c", hideTmp, "sh"])).toBe(true);
  });

  test.runIf(isRoot)("if its folder or the parent belongs to another user", async () => {
    mkdirSync(launchers.folder, { mode: 0o700 });
    chownSync(launchers.folder, 65534, 65534);
    expect(await isDirect({}, ["unshare", "--mount", "sh", "-c", hideTmp, "sh"])).toBe(true);
    chownSync(launchers.folder, 0, 0);
    expect(await isDirect()).toBe(false);
    chownSync(launchers.runtime, 65534, 65534);
    expect(await isDirect({}, ["unshare", "--mount", "sh", "-c", hideTmp, "sh"])).toBe(true);
  });

  test.runIf(isRoot)("without /proc", async () => {
    const under = ["unshare", "--mount", "sh", "-c", 'umount -l /proc && exec "$@"', "sh"];
    expect(await isDirect({}, under)).toBe(true);
  });

  test.runIf(isRoot)("if its folder cannot be written, or its disk is full", async () => {
    mkdirSync(launchers.folder, { mode: 0o700 });
    const onto = (options: string): string[] => [
      "unshare",
      "--mount",
      "sh",
      "-c",
      `mount -t tmpfs -o ${options},mode=700 none '${launchers.folder}' && exec "$@"`,
      "sh",
    ];
    expect(await isDirect({}, onto("ro"))).toBe(true);
    expect(await isDirect({}, onto("nr_inodes=1"))).toBe(true);
  });

  test.for<[string, (path: string) => void]>([
    ["a file", (path) => writeFileSync(path, "")],
    ["a link to a file", (path) => symlinkSync("/etc/passwd", path)],
    ["a folder", (path) => mkdirSync(path)],
  ])("%s in place of the socket or the lock", async ([, plant]) => {
    expect(await isDirect()).toBe(false);
    const [name = ""] = launchers.files;
    for (const worker of launchers.workers) process.kill(worker, "SIGKILL");
    rmSync(join(launchers.folder, name));
    plant(join(launchers.folder, name));
    plant(join(launchers.folder, `${name}.lock`));
    const { exitCode } = await launchers.ask(fine);
    expect(exitCode).toBe(0);
  });

  test("if the worker cannot start, for 100 at once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "broken-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const main = join(folder, "main.cjs");
    const started = join(folder, "started");
    writeFileSync(
      main,
      `if (process.argv[2] === "--worker") { require("fs").appendFileSync(${JSON.stringify(started)}, "x"); process.exit(1); }
       require("fs").readSync(0, Buffer.alloc(1));
       console.log('{"createResourceResponse":{"pid":' + process.pid + "}}");`,
    );
    using broken = new Launchers(launcherOf("broken", { main }), main);
    const finished = await Promise.all(Array.from({ length: 100 }, () => broken.ask(fine)));
    expect(finished.map(({ exitCode, answers }) => `${exitCode} ${answers.length}`)).toEqual(Array(100).fill("0 1"));
    const starts = (): number => spawnSync("wc", ["-c", started], { encoding: "utf8" }).stdout.length;
    const before = starts();
    await broken.ask(fine);
    expect(starts(), "a failure is remembered").toBe(before);
    expect(broken.files.every((name) => name.endsWith(".failed"))).toBe(true);
  });

  test.runIf(isRoot)("if no further process can be started", async () => {
    const folder = mkdtempSync(join("/tmp", "nobody-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    chmodSync(folder, 0o755);
    const own = join(folder, "launcher");
    const main = join(folder, "main.cjs");
    // Node needs threads, which count as processes; a shell does not.
    writeFileSync(main, 'read line; echo "$$"\n');
    copyFileSync(launcherOf("poor", { node: "/bin/sh", main }), own);
    chmodSync(own, 0o755);
    const { stdout, status } = spawnSync(
      "setpriv",
      ["--reuid=4242", "--regid=4242", "--clear-groups", "--inh-caps=-all", "prlimit", "--nproc=1:1", own],
      { input: `${JSON.stringify(fine)}\n`, encoding: "utf8", env: { XDG_RUNTIME_DIR: "" } },
    );
    expect({ stdout, status }).toEqual({ stdout: expect.stringMatching(/^\d+\n$/), status: 0 });
    rmSync("/tmp/nixops4-resources-4242", { recursive: true, force: true });
  });

  test.runIf(isRoot)("but never with the rights of another user", () => {
    const folder = mkdtempSync(join("/tmp", "setuid-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const own = join(folder, "launcher");
    copyFileSync(launcher, own);
    for (const mode of [0o4755, 0o2755]) {
      chownSync(own, 65534, 65534);
      chmodSync(own, mode);
      expect(spawnSync(own, ["describe"], { input: "" }).status).toBe(126);
    }
  });

  test("at most 32 at a time", async () => {
    const folder = mkdtempSync(join(tmpdir(), "places-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const main = join(folder, "main.sh");
    const running = join(folder, "running");
    mkdirSync(running);
    writeFileSync(main, `cd ${running}; touch $$; ls | wc -l; sleep 1; rm $$`);
    using limited = new Launchers(launcherOf("limited", { node: "/bin/sh", main }), main);
    const environment = { NIXOPS4_RESOURCES_WORKER: "off" };
    const counts = await Promise.all(
      Array.from({ length: 80 }, async () => Number((await limited.ask(fine, environment)).stdout)),
    );
    expect(Math.max(...counts)).toBeLessThanOrEqual(32);
    expect(Math.max(...counts)).toBeGreaterThan(16);
  });

  test("a wrapper script without exec has a worker of its own", async () => {
    expect(answererOf(await launchers.ask(fine, {}, ["sh", "-c", '"$@"; exit $?', "sh"]))).toBe(launchers.workers[0]);
  });
});

/** Covers the folder in /tmp by one that cannot be used. */
const hideTmp = `d=/tmp/nixops4-resources-$(id -u); mkdir -p -m 700 $d && mount -t tmpfs -o mode=755 none $d && exec "$@"`;
