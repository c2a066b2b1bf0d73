import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chownSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { canCompile, compileLauncher } from "@nixops4-resources/protocol-core/launcher";
import { workersOf } from "@nixops4-resources/protocol-core/worker-processes";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";

const isRoot = process.getuid?.() === 0;

/** What other users may run: on its own, since they may not see the folder of the project. */
const folder = `/var/tmp/nixops4-users-${randomUUID()}`;
const launcher = join(folder, "launcher");
const main = join(folder, "dist/main.cjs");

/** A user without a name, as systemd makes with DynamicUser. */
const dynamic = 61_184;
const users = [4242, 4243];
const folders = [...users, dynamic].map((user) => `/tmp/nixops4-resources-${user}`);

const as = (user: number): string[] => ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];

/** The answer to a request, which a launcher hands to a worker: this one fails without. */
async function ask(environment: Record<string, string>, under: readonly string[] = []): Promise<unknown> {
  const argv = [...under, launcher];
  const child = spawn(argv[0] ?? "", argv.slice(1), {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end('{"describeProviderRequest":{}}\n');
  return await json(child.stdout);
}
const described = { describeProviderResponse: expect.objectContaining({ resourceTypes: expect.anything() }) };

const ownersOfWorkers = (): number[] =>
  workersOf(main)
    .map((pid) => statSync(`/proc/${pid}`).uid)
    .sort((one, other) => one - other);

describe.runIf(isRoot && canCompile())("a launcher finds a worker", () => {
  beforeAll(() => {
    mkdirSync(folder, { mode: 0o755 });
    cpSync(join(import.meta.dirname, "../../providers/example/dist"), join(folder, "dist"), { recursive: true });
    copyFileSync(process.execPath, join(folder, "node"));
    compileLauncher({ file: launcher, node: join(folder, "node"), main, macros: { NO_FALLBACK: 1 } });
  });
  afterEach(() => {
    for (const pid of workersOf(main)) process.kill(pid, "SIGKILL");
  });
  afterAll(() => {
    for (const path of [folder, ...folders]) rmSync(path, { recursive: true, force: true });
  });

  test("of its own user: two users have one each, in folders that are closed to the other", async () => {
    const asked = users.map((user) => ask({}, as(user)));
    expect(await Promise.all(asked)).toEqual([described, described]);
    expect(ownersOfWorkers()).toEqual(users);
    for (const [index, user] of users.entries()) {
      const { uid, mode } = statSync(folders[index] ?? "");
      expect([uid, mode & 0o7777]).toEqual([user, 0o700]);
    }
    expect(await ask({}, as(4242))).toEqual(described);
    expect(ownersOfWorkers()).toEqual(users);
  });

  test("in a system unit with DynamicUser, ProtectSystem, PrivateTmp, NoNewPrivileges and a RuntimeDirectory", async () => {
    const runtime = mkdtempSync("/run/nixops4-unit-");
    onTestFinished(() => rmSync(runtime, { recursive: true }));
    chownSync(runtime, dynamic, dynamic);
    const script = `
      mount --bind ${runtime} ${runtime} && mount -t tmpfs -o mode=1777 none /tmp && mount -o remount,bind,ro / &&
      exec ${as(dynamic).join(" ")} --no-new-privs --inh-caps=-all --bounding-set=-all "$@"`;
    const under = ["unshare", "--mount", "sh", "-c", script, "sh"];
    expect(await ask({ RUNTIME_DIRECTORY: runtime }, under)).toEqual(described);
    expect(ownersOfWorkers()).toEqual([dynamic]);
    expect(readdirSync(join(runtime, "nixops4-resources"))).toContainEqual(expect.stringMatching(/^worker-[0-9a-f]+$/));
  });

  test("without a runtime folder, as sudo leaves it", async () => {
    expect(await ask({ SUDO_UID: "4242", SUDO_USER: "ada", HOME: "/home/ada" })).toEqual(described);
    expect(ownersOfWorkers()).toEqual([0]);
  });
});
