import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { ask, Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { HostFolder } from "../testing/host-backend.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const host = new HostFolder();
const { username, uid, gid } = userInfo();
const path = host.pathOf("db-password");
const connection = { registry: host.registry };
const withSecret = (secret: string) => new Deployment(main, connection, { PATH: host.path, DB_PASSWORD: secret });
const deployment = withSecret("correct horse");
const wanted: Message = { path, source: { env: "DB_PASSWORD" }, owner: username, group: String(gid) };
const apply = (more: Message = {}, from = deployment) => from.create("secret_file", { ...wanted, ...more });

/** Installs a program first on the host's PATH. */
function install(name: string, script: string): void {
  writeFileSync(join(host.bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** Records calls of systemctl and answers for each unit. systemd itself cannot run in a test. */
const systemd = (restart = "true"): void =>
  install(
    "systemctl",
    `echo "$*" >> "${host.bin}/calls"
     case $1 in
       is-active) case $3 in running.service) echo active;; broken.service) echo failed;; *) echo inactive;; esac;;
       restart) ${restart};;
     esac`,
  );
const restarted = (): string[] =>
  readFileSync(join(host.bin, "calls"), "utf8")
    .split("\n")
    .filter((call) => call.startsWith("restart"));

/** Applies in a temporary mount namespace after running the script `mount`. Needs root. */
const applyMounted = (mount: string, more: Message = {}) =>
  ask(
    {
      main,
      under: ["unshare", "--mount", "/bin/sh", "-c", mount, "mounted"],
      environment: { DB_PASSWORD: "long ".repeat(20_000) },
    },
    {
      createResourceRequest: {
        type: "secret_file",
        inputProperties: { connection, managedBy: "shop", ...wanted, adopt: true, ...more },
        isStateful: false,
      },
    },
  );

beforeEach(async () => {
  await host.reset();
  for (const name of readdirSync(host.bin)) rmSync(join(host.bin, name));
});
afterAll(() => host[Symbol.dispose]());

describe("the file", () => {
  test("has exactly the bytes of its source, with or without a final newline", async () => {
    await apply();
    expect(readFileSync(path, "utf8")).toBe("correct horse");
    await apply({}, withSecret("-----BEGIN\nkey\nEND-----\n"));
    expect(readFileSync(path, "utf8")).toBe("-----BEGIN\nkey\nEND-----\n");
    await apply({}, withSecret("-----BEGIN\nkey\nEND-----"));
    expect(readFileSync(path, "utf8")).toBe("-----BEGIN\nkey\nEND-----");
    expect((await apply({}, withSecret("-----BEGIN\nkey\nEND-----"))).outcome).toBe("unchanged");
  });

  test("is unreadable to others before its owner is set", async () => {
    install("chown", `ls -l "$2" >> "${host.bin}/seen"; exec /bin/chown "$@"`);
    await apply({ mode: "0644" });
    expect(readFileSync(join(host.bin, "seen"), "utf8")).toMatch(/^-rw------- /);
    expect(statSync(path).mode & 0o7777).toBe(0o644);
  });

  test("is restored with its mark after a restart of the host", async () => {
    const { outputs } = await apply();
    rmSync(join(host.folder, "run"), { recursive: true });
    const planned = await deployment.plan("secret_file", wanted);
    expect(planned.body).toMatchObject({ action: "update", differences: [{ field: "source" }] });
    expect(await apply()).toMatchObject({ outcome: "updated", outputs });
    expect(statSync(join(host.folder, "run")).mode & 0o7777).toBe(0o711);
  });

  test("is destroyed even if its secret is gone", async () => {
    await apply();
    const without = new Deployment(main, connection, { PATH: host.path });
    expect((await without.plan("secret_file", wanted)).error).toContain("[secret.env.missing]");
    expect((await without.destroy("secret_file", wanted)).outcome).toBe("deleted");
    expect(existsSync(path)).toBe(false);
  });
});

describe("units", () => {
  const restartUnits = ["running.service", "broken.service", "stopped.service"];

  test("restart only on a change of content, if they run or have failed", async () => {
    systemd();
    await apply({ restartUnits });
    const once = ["restart -- running.service", "restart -- broken.service"];
    expect(restarted()).toEqual(once);
    await apply({ restartUnits });
    await apply({ restartUnits, mode: "0440" });
    expect(restarted()).toEqual(once);
    await apply({ restartUnits, mode: "0440" }, withSecret("battery staple"));
    expect(restarted()).toEqual([...once, ...once]);
  });

  test("restart on the next apply after a failed restart", async () => {
    systemd("echo 'Job for running.service failed.' >&2; exit 1");
    const failed = await apply({ restartUnits });
    expect(failed.error).toContain("[secrets.file.restart]");
    expect(failed.error).toContain("Job for running.service failed.");
    const { ino } = statSync(path);
    systemd();
    const planned = await deployment.plan("secret_file", { ...wanted, restartUnits });
    expect(planned.body).toMatchObject({ action: "update", differences: [{ field: "restartUnits", current: [] }] });
    expect((await apply({ restartUnits })).outcome).toBe("updated");
    expect(statSync(path).ino).toBe(ino);
    expect((await apply({ restartUnits })).outcome).toBe("unchanged");
  });

  test("are rejected on a host without systemd, before any write", async (context) => {
    if (uid !== 0) context.skip("only root can hide a program");
    const { answers } = await applyMounted(
      'for file in /bin/systemctl /usr/bin/systemctl; do [ ! -e "$file" ] || mount --bind /dev/null "$file" || exit; done; exec "$@"',
      { restartUnits },
    );
    expect(JSON.stringify(answers)).toContain("[secrets.file.systemd]");
    expect(existsSync(path)).toBe(false);
  });
});

describe("rejects, and leaves nothing behind", () => {
  test("an unknown owner", async () => {
    const { error } = await apply({ owner: "nobody-of-this-name" });
    expect(error).toContain("[secrets.file.owner]");
    expect(error).toContain("nobody-of-this-name");
    // The shell on the host removes its draft after it has reported the failure.
    await expect.poll(() => readdirSync(join(host.folder, "run"))).toEqual([]);
  });

  test.each([
    ["a folder in which others can write", () => chmodSync(join(host.folder, "run"), 0o777), "secrets.file.open"],
    [
      "a link into a folder in which others can write",
      () => {
        mkdirSync(join(host.folder, "open/inner"), { recursive: true });
        chmodSync(join(host.folder, "open"), 0o777);
        rmSync(join(host.folder, "run"), { recursive: true });
        symlinkSync(join(host.folder, "open/inner"), join(host.folder, "run"));
      },
      "secrets.file.open",
    ],
    [
      "a file in place of the folder",
      () => {
        rmSync(join(host.folder, "run"), { recursive: true });
        writeFileSync(join(host.folder, "run"), "");
      },
      "secrets.file.folder",
    ],
    ["a folder in place of the file", () => mkdirSync(path), "secrets.file.kind"],
    ["a link in place of the file", () => symlinkSync("/etc/hostname", path), "secrets.file.kind"],
  ])("%s", async (_what, prepare, code) => {
    prepare();
    const before = await host.snapshot();
    expect((await apply()).error).toContain(`[${code}]`);
    expect(await host.snapshot()).toEqual(before);
  });
});

describe("a file system", () => {
  beforeEach((context) => {
    if (uid !== 0) context.skip("only root can mount a file system");
  });

  test.each([
    ["keeps the old file when it is full", "size=4k", "secrets.file.full"],
    ["is reported when it is read-only", "ro", "secrets.file.denied"],
  ])("%s", async (_what, options, code) => {
    const [mounted, left] = [join(host.folder, "run"), join(host.bin, "left")];
    const { answers, stderr } = await applyMounted(
      `mount -t tmpfs -o mode=711 tmpfs ${mounted} && echo old > ${path} && mount -o remount,${options} ${mounted} || exit
       "$@"; cat ${mounted}/* > ${left}; ls -A ${mounted} >> ${left}`,
    );
    expect(JSON.stringify(answers), stderr).toContain(`[${code}]`);
    expect(readFileSync(left, "utf8")).toBe("old\ndb-password\n");
  });
});
