import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { findProgram } from "@nixops4-resources/integration-servers/process/find-program";
import { startSshd } from "@nixops4-resources/integration-servers/sshd";
import { serverOf, startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { ask, CallProxy, Deployment, startProvider, type Message } from "@nixops4-resources/protocol-core/testing";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { HostFolder } from "../testing/host-backend.ts";
import { otherHostKey, otherIdentity, sshTo } from "../testing/ssh.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const host = new HostFolder();
const sshd = serverOf(startSshd);
const { username, gid } = userInfo();
const path = host.pathOf("db-password");
const wanted: Message = { path, source: { env: "DB_PASSWORD" }, owner: username, group: String(gid) };
const environment = { DB_PASSWORD: "correct horse battery staple" };

/** A deployment with this SSH connection. */
const over = (ssh: object, variables = {}, address = sshd().address): Deployment =>
  new Deployment(
    main,
    { registry: host.registry, ssh: { ...sshTo(address), ...ssh } },
    { ...environment, ...variables },
  );
const apply = (ssh: object = {}, variables = {}) => over(ssh, variables).create("secret_file", wanted);

beforeEach(() => host.reset());
afterAll(() => host[Symbol.dispose]());

/** Writes an ssh configuration file for one test. */
function settings(text: string): string {
  const file = join(host.bin, "ssh_config");
  writeFileSync(file, text);
  return file;
}

describe("the host key", () => {
  test("is rejected without a question if unknown", async () => {
    const configFile = settings(
      "UserKnownHostsFile /dev/null\nGlobalKnownHostsFile /dev/null\nStrictHostKeyChecking no\n",
    );
    const { error } = await apply({ hostKey: null, configFile });
    expect(error).toContain("[secrets.ssh.hostKey]");
    expect(existsSync(path)).toBe(false);
  });

  test("must equal the given one, whatever known_hosts contains", async () => {
    const { port, hostKey } = sshd().address;
    const known = join(host.bin, "known_hosts");
    writeFileSync(known, `[127.0.0.1]:${port} ${hostKey}\n`);
    const configFile = settings(`UserKnownHostsFile ${known}\n`);
    expect((await apply({ hostKey: otherHostKey(host.bin), configFile })).error).toContain("[secrets.ssh.hostKey]");
    // Without a given key, known_hosts decides.
    expect((await apply({ hostKey: null, configFile })).outcome).toBe("created");
  });

  test("may be one of several, and an empty list accepts no host", async () => {
    const { hostKey } = sshd().address;
    const other = otherHostKey(host.bin);
    expect((await apply({ hostKey: null, hostKeys: [other] })).error).toContain("[secrets.ssh.hostKey]");
    expect((await apply({ hostKey: null, hostKeys: [] })).error).toContain("at least one public key of the host");
    expect((await apply({ hostKey: null, hostKeys: [other, hostKey] })).outcome).toBe("created");
  });
});

describe("reports the reason", () => {
  test("for a key that the host does not accept", async () => {
    expect((await apply({ identity: { file: otherIdentity(host.bin) } })).error).toContain("[secrets.ssh.denied]");
  });

  test("for an invalid key", async () => {
    const { error } = await apply({ identity: { env: "NO_KEY" } }, { NO_KEY: "not a key" });
    expect(error).toContain("[secrets.ssh.identity]");
    expect(error).not.toContain("not a key");
  });

  test("for a host that is down", async () => {
    const { error } = await apply({ port: 1 });
    expect(error).toContain("[secrets.ssh.unreachable]");
    expect(error).toContain("Connection refused");
  });

  test("for a machine without ssh", async () => {
    const PATH = "/nowhere";
    expect((await apply({}, { PATH })).error).toContain("[secrets.ssh.missing]");
    expect((await apply({ identity: null }, { PATH })).error).toContain("[secrets.ssh.missing]");
  });
});

/** Processes with this text in their environment. */
const processesWith = (text: string): string[] =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(text);
    } catch {
      // It has ended, or belongs to another user.
      return false;
    }
  });

/** Sockets of agents. An ssh-agent with a group of its own, as on Debian, ignores TMPDIR. */
const socketsOf = (processes: string[], folder: string): string[] =>
  [folder, "/tmp"]
    .flatMap((parent) =>
      readdirSync(parent).flatMap((name) => processes.map((pid) => join(parent, name, `agent.${pid}`))),
    )
    .filter((socket) => socket.includes("/ssh-") && existsSync(socket));

test("leaves neither an agent nor its folder behind when it is killed", async (context) => {
  const [started, TMPDIR] = [join(host.bin, "ssh-started"), join(host.bin, "tmp")];
  mkdirSync(TMPDIR);
  const bin = join(host.bin, "hanging");
  mkdirSync(bin);
  writeFileSync(join(bin, "ssh"), `#!/bin/sh\ntouch ${started}\nexec cat > /dev/null\n`, { mode: 0o755 });
  const ssh = sshTo((await startOrSkip(context, async () => sshd())).address);
  const killed = startProvider({
    main,
    environment: { ...environment, TMPDIR, PATH: `${bin}:${process.env["PATH"]}` },
  });
  const inputProperties = { connection: { registry: host.registry, ssh }, managedBy: "shop", ...wanted };
  killed.send({ createResourceRequest: { type: "secret_file", inputProperties, isStateful: false } });
  await expect.poll(() => existsSync(started), { timeout: 20_000 }).toBe(true);
  const processes = processesWith(TMPDIR);
  expect(socketsOf(processes, TMPDIR)).toHaveLength(1);
  killed.kill();
  await killed.finish();
  // ssh-agent itself would notice only after up to ten seconds.
  await expect.poll(() => [...socketsOf(processes, TMPDIR), ...processesWith(TMPDIR)], { timeout: 4000 }).toEqual([]);
});

test("logs in with a key from a variable", async () => {
  const key = readFileSync(sshd().address.identityFile, "utf8");
  expect((await apply({ identity: { env: "SSH_KEY" } }, { SSH_KEY: key })).outcome).toBe("created");
});

test.each([
  ["during the login", [1, 5]],
  ["during a request", [-5, -4, -3, -2]],
])("reports a connection lost %s, and completes on the next apply", async (_when, places) => {
  const { address } = sshd();
  await using counting = await CallProxy.start(address);
  await over(counting.endpoint).create("secret_file", wanted);
  const end = await host.snapshot();
  for (const place of places) {
    await host.reset();
    const call = place > 0 ? place : counting.answered.length + place;
    await using proxy = await CallProxy.start(address, { call, when: "after", afterwards: "close" });
    expect((await over(proxy.endpoint).create("secret_file", wanted)).error, `call ${call}`).toContain(
      "[secrets.ssh.unreachable]",
    );
    expect((await apply()).error).toBeUndefined();
    expect(await host.snapshot()).toEqual(end);
  }
});

test("reports a host that stops answering after `timeoutSeconds`", async () => {
  await using proxy = await CallProxy.start(sshd().address, { call: 4, when: "before", afterwards: "stall" });
  const { error } = await over(proxy.endpoint).create("secret_file", { ...wanted, timeoutSeconds: 1 });
  expect(error).toContain("[protocol.timeout]");
});

describe("a login without a shell", () => {
  const forced = serverOf(() => startSshd({ forceCommand: "/bin/echo 'This account is for backups.'" }));

  test("is reported", async () => {
    const { error } = await over({}, {}, forced().address).create("secret_file", wanted);
    expect(error).toContain("[secrets.host.shell]");
  });
});

describe("a host with only busybox", () => {
  const busybox = join(host.bin, "busybox");
  const programs = [
    "sh",
    "cat",
    "chmod",
    "chown",
    "cmp",
    "dd",
    "id",
    "ln",
    "ls",
    "mkdir",
    "mv",
    "od",
    "rm",
    "sync",
    "tr",
  ];
  const small = serverOf(() => startSshd({ path: busybox }));
  beforeEach(() => {
    if (existsSync(busybox)) return;
    mkdirSync(busybox);
    for (const name of [...programs, "wc"]) execFileSync("ln", ["-s", "/usr/bin/busybox", join(busybox, name)]);
  });

  test("creates, reads, updates and removes files", async () => {
    const deployment = over({}, {}, small().address);
    expect((await deployment.create("secret_file", wanted)).outcome).toBe("created");
    expect((await deployment.create("secret_file", wanted)).outcome).toBe("unchanged");
    const other = over({}, { DB_PASSWORD: "tr0ub4dor" }, small().address);
    expect((await other.create("secret_file", { ...wanted, mode: "0440" })).outcome).toBe("updated");
    expect(readFileSync(path, "utf8")).toBe("tr0ub4dor");
    expect((await deployment.destroy("secret_file", wanted)).outcome).toBe("deleted");
    expect(readdirSync(join(host.folder, "run"))).toEqual([]);
  });

  test("reports a missing sudo", async () => {
    const { error } = await over({ elevate: "sudo" }, {}, small().address).create("secret_file", wanted);
    expect(error).toContain("[secrets.host.elevation]");
  });
});

test.for([
  ["this machine", "dd"],
  ["a host", "ssh"],
] as const)(
  "passes the value to no program's arguments or environment, nor the server's log, on the way to %s",
  async ([, program], context) => {
    await startOrSkip(context, async () => findProgram("strace", "strace"));
    const canary = `canary-${"0123456789".repeat(10)}`;
    const [file, trace] = [join(host.bin, "canary"), join(host.bin, "trace")];
    writeFileSync(file, canary, { mode: 0o600 });
    const connection = { registry: host.registry, ssh: program === "ssh" ? sshTo(sshd().address) : null };
    const inputProperties = { connection, managedBy: "shop", ...wanted, source: { file } };
    // Traces each started program with its arguments and environment.
    const under = ["strace", "-f", "-qq", "-v", "-s", "100000", "-e", "trace=execve", "-o", trace];
    await ask({ main, under }, { createResourceRequest: { type: "secret_file", inputProperties, isStateful: false } });

    expect(readFileSync(path, "utf8")).toBe(canary);
    const started = readFileSync(trace, "utf8");
    expect(started).toContain(`["${program}"`);
    expect(started.includes(canary), "the value among arguments or variables").toBe(false);
    expect(readFileSync(sshd().address.logFile, "utf8").includes(canary), "the value in the server's log").toBe(false);
  },
);
