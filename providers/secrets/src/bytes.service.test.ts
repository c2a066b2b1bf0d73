import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { startSshd } from "@nixops4-resources/integration-servers/sshd";
import { describePostgres, serverOf } from "@nixops4-resources/integration-servers/testing";
import { byteSamples, Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { encryptTo } from "@nixops4-resources/protocol-secrets";
import { makePerson } from "@nixops4-resources/protocol-secrets/testing";
import { afterAll, describe, expect, test } from "vitest";
import { DirectoryBackend } from "./testing/directory-backend.ts";
import { HostFolder } from "./testing/host-backend.ts";
import { PostgresStoreBackend } from "./testing/postgres-store-backend.ts";
import { sshTo } from "./testing/ssh.ts";

// From each source over import, copy and both stores to a host: no step changes a byte.
const main = join(import.meta.dirname, "../dist/main.cjs");
const folder = mkdtempSync(join(tmpdir(), "nixops4-bytes-"));
const connection = join(folder, "connection.json");
const samples = Object.entries(byteSamples);
/** The rest is tested at the store itself. */
const [, ...some] = samples.filter(([name]) => /all|final newline/.test(name));
const host = new HostFolder();
const { username, gid } = userInfo();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function run(args: readonly string[], input: string | Buffer = ""): Buffer {
  const all = [main, ...args, "--connection", connection];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { input });
  expect(status, stderr.toString()).toBe(0);
  return stdout;
}

/** Imports, shows and copies each sample. */
async function testStore(backend: { connection: Message }, given: typeof samples): Promise<void> {
  writeFileSync(connection, JSON.stringify(backend.connection));
  const deployment = new Deployment(main, backend.connection);
  for (const [index, [name, bytes]] of given.entries()) {
    run(["import", `imported/${index}`], bytes);
    expect(hex(run(["show", `imported/${index}`, "--reveal"])), name).toBe(hex(bytes));
    const file = join(folder, "value");
    writeFileSync(file, bytes, { mode: 0o600 });
    const copied = await deployment.create("secret", {
      name: `copied/${index}`,
      generator: { copy: { source: { file } } },
    });
    expect(copied.outcome, copied.error).toBe("created");
    expect(hex(run(["show", `copied/${index}`, "--reveal"])), name).toBe(hex(bytes));
  }
}

describe("a folder", () => {
  test("returns every byte that was imported or copied", { timeout: 120_000 }, async () => {
    await using backend = await DirectoryBackend.make();
    await testStore(backend, samples);
    const from = JSON.stringify({ file: join(folder, "value") });
    run(["import", "referred", "--from", from]);
    expect(hex(run(["show", "referred", "--reveal"]))).toBe(hex(readFileSync(join(folder, "value"))));
  });
});

describePostgres("a database", (server) => {
  const make = PostgresStoreBackend.prepare("secretbytes");
  test("returns every byte that was imported or copied", { timeout: 120_000 }, async () => {
    await using backend = await make(server());
    await backend.reset();
    await testStore(backend, some);
  });
});

describe("a file on a host", () => {
  const sshd = serverOf(() => startSshd({ path: host.path }));

  test("has every byte of its source", { timeout: 120_000 }, async () => {
    await using backend = await DirectoryBackend.make();
    await using person = await makePerson();
    writeFileSync(connection, JSON.stringify(backend.connection));
    const deployment = new Deployment(main, { registry: host.registry, ssh: sshTo(sshd().address) });
    for (const [index, [name, bytes]] of samples.entries()) {
      const file = join(folder, "source");
      writeFileSync(file, bytes, { mode: 0o600 });
      writeFileSync(`${file}.age`, await encryptTo([person.recipient], bytes));
      run(["import", `host/${index}`], bytes);
      const sources = [
        { file },
        { command: ["cat", file] },
        { age: { file: `${file}.age`, identity: person.identity } },
        { store: { name: `host/${index}`, ...backend.connection.store } },
      ];
      const source = sources[index % sources.length];
      const path = host.pathOf(`bytes-${index}`);
      const { outcome, error } = await deployment.create("secret_file", {
        path,
        source,
        owner: username,
        group: String(gid),
      });
      expect(outcome, error).toBe("created");
      expect(hex(readFileSync(path)), `${name} from ${Object.keys(source ?? {}).join()}`).toBe(hex(bytes));
    }
  });
});
