import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { HostFolder } from "../testing/host-backend.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const host = new HostFolder();
const { username, gid } = userInfo();
const path = host.pathOf("db-password");
const connection = { registry: host.registry };
const source = { env: "DB_PASSWORD" };
const [paused, resume] = [join(host.bin, "paused"), join(host.bin, "resume")];
const inputs = (managedBy: string, more: Message = {}): Message => ({
  path,
  source,
  owner: username,
  group: String(gid),
  managedBy,
  ...more,
});
const quick = new Deployment(main, connection, { PATH: host.path, DB_PASSWORD: "one" });
/** Waits at the program that `stopAt` names. */
const slow = new Deployment(main, connection, { PATH: `${host.bin}/slow:${host.path}`, DB_PASSWORD: "two" });

/** Lets a program of the slow deployment wait before it runs, until `resume` exists. */
function stopAt(program: string): void {
  const script = `#!/bin/sh\ntouch ${paused}\nwhile [ ! -e ${resume} ]; do sleep 0.02; done\nexec /bin/${program} "$@"\n`;
  writeFileSync(join(host.bin, "slow", program), script, { mode: 0o755 });
}

beforeEach(async () => {
  await host.reset();
  for (const name of readdirSync(host.bin)) rmSync(join(host.bin, name), { recursive: true });
  mkdirSync(join(host.bin, "slow"));
});
afterAll(() => host[Symbol.dispose]());

const marked = (): string => {
  const [entry = ""] = readdirSync(host.registry).filter((name) => name.startsWith(":"));
  return entry === "" ? "" : readFileSync(join(host.registry, entry), "utf8");
};

/** Starts the slow request, runs `overtake` while it waits at the program, and returns its answer. */
async function overtakenAt<T>(
  program: string,
  request: () => Promise<T>,
  overtake: () => Promise<unknown>,
): Promise<T> {
  stopAt(program);
  const late = request();
  await expect.poll(() => existsSync(paused), { timeout: 20_000 }).toBe(true);
  await overtake();
  writeFileSync(resume, "");
  return await late;
}

const takeOverBy = (of: Deployment) => of.create("secret_file", inputs("ccc", { adoptFrom: "bbb" }));
const takeOver = async () => {
  const taken = await takeOverBy(quick);
  expect(taken.outcome, taken.error).toBe("adopted");
};

const adopt = (of: Deployment, managedBy: string) => of.create("secret_file", inputs(managedBy, { adopt: true }));

describe("a request that waits after its look, overtaken by another deployment", () => {
  test("does not replace the file", async () => {
    await quick.create("secret_file", inputs("bbb"));
    // The value has arrived, but nothing is written.
    const late = await overtakenAt("chown", () => slow.create("secret_file", inputs("bbb")), takeOver);
    expect(late.error).toContain("[protocol.ownership.foreign]");
    expect([readFileSync(path, "utf8"), marked()]).toEqual(["one", expect.stringContaining("ccc")]);
    expect(readdirSync(join(host.folder, "run"))).toEqual(["db-password"]);
  });

  test("does not remove the file", async () => {
    await quick.create("secret_file", inputs("bbb"));
    const late = await overtakenAt("flock", () => slow.destroy("secret_file", inputs("bbb")), takeOver);
    expect(late.error).toContain("[protocol.ownership.foreign]");
    expect([readFileSync(path, "utf8"), marked()]).toEqual(["one", expect.stringContaining("ccc")]);
  });

  test("does not adopt the file", async () => {
    writeFileSync(path, "by hand");
    const late = await overtakenAt(
      "flock",
      () => adopt(slow, "bbb"),
      () => adopt(quick, "ccc"),
    );
    expect(late.error).toContain("[protocol.ownership.foreign]");
    expect([readFileSync(path, "utf8"), marked()]).toEqual(["one", expect.stringContaining("ccc")]);
  });

  test("creates the file if it was destroyed instead", async () => {
    await quick.create("secret_file", inputs("bbb"));
    const late = await overtakenAt(
      "flock",
      () => takeOverBy(slow),
      () => quick.destroy("secret_file", inputs("bbb")),
    );
    expect(late.outcome, late.error).toBe("created");
    expect([readFileSync(path, "utf8"), marked()]).toEqual(["two", expect.stringContaining("ccc")]);
  });
});

// A look runs several programs; what another request removes in between is missing, not an error.
test.each(["ls", "cmp"])(
  "a look that waits before `%s` while the file is destroyed creates it again",
  async (program) => {
    await quick.create("secret_file", inputs("bbb"));
    const late = await overtakenAt(
      program,
      () => slow.create("secret_file", inputs("bbb")),
      () => quick.destroy("secret_file", inputs("bbb")),
    );
    expect([late.error, late.outcome]).toEqual([undefined, "created"]);
    expect(readFileSync(path, "utf8")).toBe("two");
  },
);
