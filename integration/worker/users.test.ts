import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { findProgram } from "@nixops4-resources/integration-servers/process/find-program";
import { startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { canCompile, compileLauncher } from "@nixops4-resources/protocol-core/launcher";
import { workersOf } from "@nixops4-resources/protocol-core/worker-processes";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";

const isRoot = process.getuid?.() === 0;

/** What other users may run: on its own, since they may not see the folder of the project. */
const folder = `/var/tmp/nixops4-users-${randomUUID()}`;
const launcher = join(folder, "launcher");
const main = join(folder, "dist/main.cjs");

const users = [4242, 4243];
const nobody = 65_534;
const folders = [...users, nobody].map((user) => `/tmp/nixops4-resources-${user}`);

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

  test("without the runtime folder of who calls sudo: sudo does not pass it on", async (context) => {
    const sudo = await startOrSkip(context, async () => findProgram("sudo", "sudo"));
    const runtime = mkdtempSync("/run/nixops4-caller-");
    onTestFinished(() => rmSync(runtime, { recursive: true }));
    const under = [sudo, "--non-interactive", "--user=nobody", "--"];
    expect(await ask({ XDG_RUNTIME_DIR: runtime }, under)).toEqual(described);
    expect(ownersOfWorkers()).toEqual([nobody]);
    expect(readdirSync(runtime)).toEqual([]);
  });
});
