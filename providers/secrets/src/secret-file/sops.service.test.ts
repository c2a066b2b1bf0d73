import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { findSops } from "@nixops4-resources/integration-servers/sops";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { makePerson } from "@nixops4-resources/protocol-secrets/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HostFolder } from "../testing/host-backend.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const host = new HostFolder();
const person = await makePerson();
const { username, gid } = userInfo();
const programs = serverOf(async () => ({ path: await findSops(), [Symbol.asyncDispose]: () => Promise.resolve() }));
beforeAll(() => host.reset());
afterAll(async () => {
  host[Symbol.dispose]();
  await person[Symbol.asyncDispose]();
});

/** Encrypts a file, and applies a secret file from it. */
async function deliver(name: string, text: string, sourceOf: (sops: { file: string }) => Message): Promise<string> {
  const [plain, file] = [host.pathOf(`plain-${name}`), host.pathOf(name)];
  writeFileSync(plain, text, { mode: 0o600 });
  const path = `${programs().path}${delimiter}${host.path}`;
  writeFileSync(file, execFileSync(join(programs().path, "sops"), ["--encrypt", "--age", person.recipient, plain]));
  const environment = { PATH: path, SOPS_AGE_KEY_FILE: person.identity.file };
  const deployment = new Deployment(main, { registry: host.registry }, environment);
  const wanted = { path: host.pathOf(`for-${name}`), owner: username, group: String(gid), ...sourceOf({ file }) };
  expect((await deployment.create("secret_file", wanted)).outcome).toBe("created");
  expect((await deployment.create("secret_file", wanted)).outcome).toBe("unchanged");
  return readFileSync(wanted.path, "utf8");
}

test("writes a whole sops file", async () => {
  const variables = "DB_PASSWORD=correct horse\nKEY=battery\n";
  expect(await deliver("app.env", variables, (sops) => ({ source: { sops } }))).toBe(variables);
});

test("writes an element of a list in a sops file into a template", async () => {
  const users = "users:\n  - password: correct horse\n  - password: battery staple\n";
  const written = await deliver("users.yaml", users, ({ file }) => ({
    template: {
      text: "PASSWORD={{ second }}\n",
      secrets: { second: { sops: { file, key: ["users", 1, "password"] } } },
    },
  }));
  expect(written).toBe("PASSWORD=battery staple\n");
});
