import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBind } from "@nixops4-resources/integration-servers/dns/bind";
import { describePostgres, serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { startServer } from "../../providers/example-http/src/testing/server.ts";

// A command may ask for a PIN, wait for a key to be touched, or leave an entry in an audit log. So a request runs it once,
// although it looks before and after it writes.
const folder = mkdtempSync(join(tmpdir(), "nixops4-runs-"));
const log = join(folder, "log");
const mainOf = (provider: string): string => join(import.meta.dirname, `../../providers/${provider}/dist/main.cjs`);

afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => rmSync(log, { force: true }));

/** A reference whose command records that it ran. */
const counted = (name: string, file: string): Message => ({
  command: ["sh", "-c", `echo ${name} >> ${log}; cat ${file}`],
});

const put = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
};

const runs = (): string[] => {
  const lines = readFileSync(log, "utf8").trim().split("\n").sort();
  rmSync(log);
  return lines;
};

/** Creates, applies again, updates and destroys. Each request that needs the secrets runs each command once. */
async function expectOneRun(deployment: Deployment, type: string, want: Message, changed: Message, names: string[]) {
  const created = await deployment.create(type, want);
  expect(created.outcome, created.error).toBe("created");
  expect(runs(), "create").toEqual(names);
  expect((await deployment.create(type, want)).outcome).toBe("unchanged");
  expect(runs(), "unchanged").toEqual(names);
  const updated = await deployment.update(type, want, { ...want, ...changed });
  expect(updated.outcome, updated.error).toBe("updated");
  expect(runs(), "update").toEqual(names);
  expect((await deployment.destroy(type, want)).outcome).toBe("deleted");
}

test("the key of a file", async () => {
  const deployment = new Deployment(mainOf("example"), { folder });
  const want = { name: "motd", content: "Welcome.\n", key: counted("key", put("key", "hunter2")) };
  await expectOneRun(deployment, "file", want, { content: "Bye.\n" }, ["key"]);
});

describe("over HTTP", () => {
  const server = serverOf(startServer);
  test("the token and a password", async () => {
    const { port, tokenFile } = server();
    const connection = { url: `http://127.0.0.1:${port}`, token: counted("token", tokenFile) };
    const password = counted("password", put("password", "hunter2-hunter2"));
    const deployment = new Deployment(mainOf("example-http"), connection);
    const want = { name: "motd", text: "Welcome.\n", password };
    await expectOneRun(deployment, "note", want, { text: "Bye.\n" }, ["password", "token"]);
  });
});

describePostgres(
  "in PostgreSQL",
  (server) => {
    test("the password of the connection and of a role", async () => {
      const { host, port, user, passwordFile } = server();
      const connection = { host, port, user, password: counted("admin", passwordFile) };
      const password = counted("role", put("role", "hunter2-hunter2"));
      const deployment = new Deployment(mainOf("postgres"), connection);
      const want = { name: "runs_once", login: true, password };
      await expectOneRun(deployment, "role", want, { connectionLimit: 5 }, ["admin", "role"]);
    });
  },
  [18],
);

describe("at a name server", () => {
  const server = serverOf(startBind);
  test("the TSIG key", async () => {
    const { host, port, keys } = server().address;
    const { name, algorithm, secretFile } = keys.sha256;
    const tsig = { name, algorithm, secret: counted("tsig", secretFile) };
    const deployment = new Deployment(mainOf("dns"), { rfc2136: { host, port, tsig } });
    const want = { zone: "example.test.", name: "runs-once.example.test.", type: "A", values: ["192.0.2.1"] };
    await expectOneRun(deployment, "rrset", want, { values: ["192.0.2.2"] }, ["tsig"]);
  });
});
