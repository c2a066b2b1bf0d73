import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MarkChanged, type AnyResource, type Mark } from "@nixops4-resources/protocol-core";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { openSecretWriter } from "@nixops4-resources/protocol-secrets";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import secret from "./secret.ts";
import sshHostKey from "../ssh-host-key/ssh-host-key.ts";
import { DirectoryBackend } from "../testing/directory-backend.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const backend = await DirectoryBackend.make();
const deployment = new Deployment(main, backend.connection);
beforeEach(() => backend.reset());
afterAll(() => backend[Symbol.asyncDispose]());

const common = { adopt: false, adoptFrom: null, deletion: null, timeoutSeconds: 60, managedBy: "bbb" } as const;
const bbb: Mark = { managedBy: "bbb", type: "secret" };
const ccc: Mark = { managedBy: "ccc", type: "secret" };
const own = {
  name: "shared",
  generation: 1,
  recipients: [],
  graceSeconds: 5,
  connection: { ...backend.connection, ssh: null, registry: "/nowhere" },
  ...common,
};

const types = {
  secret: { resource: secret, want: { ...own, generator: { uuid: {} } } },
  ssh_host_key: { resource: sshHostKey, want: { ...own, algorithm: "ed25519", hostNames: ["web"] } },
} as const;

test.each(Object.entries(types))(
  "%s proves the mark of the look with every write",
  async (_type, { resource, want }) => {
    // The wants of the two types differ.
    const verbs: AnyResource = resource;
    await using store = await openSecretWriter(backend.connection.store);
    await verbs.create(store, want, bbb);
    const seen = await verbs.read(store, want, {});
    if (seen === undefined) throw new Error("It was not created.");
    // The process pauses here, and another deployment takes the secret over.
    await verbs.setMark?.(store, want, ccc, bbb);
    const change = { changed: new Set(["graceSeconds"]), seen, mark: bbb };
    const rotation = { changed: new Set(["generation"]), seen, mark: bbb };
    for (const write of [
      () => verbs.delete(store, want, seen),
      () => verbs.update(store, { ...want, graceSeconds: 6 }, change),
      () => verbs.update(store, { ...want, generation: 2 }, rotation),
      async () => verbs.setMark?.(store, want, undefined, bbb),
    ]) {
      await expect(write()).rejects.toBeInstanceOf(MarkChanged);
    }
    expect(await store.look("shared")).toMatchObject({ mark: ccc, graceSeconds: 5, current: { version: 1 } });
  },
);

describe("a process that is paused after its look", () => {
  const folder = mkdtempSync(join(tmpdir(), "nixops4-pause-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const [pause, paused] = [join(folder, "pause"), join(folder, "paused")];
  /** The store of the source is read after the look at the secret itself, and that waits while the file `pause` exists. */
  const slowly = (file: string) => ({
    command: ["sh", "-c", `while [ -e ${pause} ]; do touch ${paused}; sleep 0.02; done; cat ${file}`],
  });

  /** Inputs of the derived secret `shared` in a deployment. */
  async function derived(): Promise<(managedBy: string, more?: object) => Message> {
    const { outputs } = await deployment.create("secret", { name: "source", generator: { password: {} } });
    const { store }: { store: { directory: { folder: string; identity: { file: string } } } } = Object(outputs["ref"]);
    const { directory } = store;
    return (managedBy, more = {}) => {
      const identity = managedBy === "bbb" ? slowly(directory.identity.file) : directory.identity;
      const source = { store: { ...store, directory: { ...directory, identity } } };
      return { name: "shared", generator: { bcrypt: { cost: 4, source } }, managedBy, ...more };
    };
  }

  test.each([
    ["destroy", (inputs: Message) => deployment.destroy("secret", inputs)],
    ["update", (inputs: Message) => deployment.create("secret", { ...inputs, graceSeconds: 1 })],
  ])("does not %s what another deployment has taken over", async (_verb, write) => {
    const shared = await derived();
    expect((await deployment.create("secret", shared("bbb"))).error).toBeUndefined();
    const value = await backend.valueOf("shared");
    writeFileSync(pause, "");
    const late = write(shared("bbb"));
    await expect.poll(() => existsSync(paused), { timeout: 20_000 }).toBe(true);
    const taken = await deployment.create("secret", shared("ccc", { adoptFrom: "bbb" }));
    expect(taken.outcome, taken.error).toBe("adopted");
    for (const file of [pause, paused]) rmSync(file);
    expect((await late).error).toContain("[protocol.ownership.foreign]");
    expect(await backend.valueOf("shared")).toBe(value);
    await backend.byHand(async (store) => {
      expect(await store.look("shared")).toMatchObject({ mark: { managedBy: "ccc" }, graceSeconds: 86_400 });
    });
  });
});
