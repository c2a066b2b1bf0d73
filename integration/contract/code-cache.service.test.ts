import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, train, type Executable, type Message } from "@nixops4-resources/protocol-core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

const room = mkdtempSync(join(tmpdir(), "code-cache-"));
afterAll(() => rmSync(room, { recursive: true }));
const dist = join(room, "dist");
const executable = { main: join(dist, "main.cjs"), environment: { SECRET: "canary-in-the-environment" } };

const request = (content: string): Message => ({
  createResourceRequest: {
    type: "file",
    inputProperties: { connection: { folder: room }, managedBy: "prod", name: "motd", content },
    isStateful: false,
  },
});
const caches = (): string[] => globSync("*.cache", { cwd: dist });

let runs = 0;
async function work(copy: Executable): Promise<void> {
  runs++;
  rmSync(join(room, "motd"), { force: true });
  await ask(copy, request("Welcome.\n"));
}

beforeAll(async () => {
  const shipped = join(import.meta.dirname, "../../providers/example/dist");
  cpSync(shipped, dist, { recursive: true, filter: (path) => !path.endsWith(".cache") });
  await train(executable, "file", work);
});

test("training writes the caches of the start and of the type, without anything of the process", async () => {
  expect(caches().toSorted()).toEqual([expect.stringMatching(/^file-/), expect.stringMatching(/^main\.cjs\./)]);
  for (const cache of caches()) expect(readFileSync(join(dist, cache), "latin1")).not.toContain("canary");
  expect(await ask(executable, request("Hello.\n"))).toMatchObject({ exitCode: 0, outcomes: ["updated"] });
});

test("a type whose caches are there is not trained again", async () => {
  const before = caches().map((name) => readFileSync(join(dist, name)));
  runs = 0;
  await train(executable, "file", work);
  expect(runs).toBe(1);
  expect(caches().map((name) => readFileSync(join(dist, name)))).toEqual(before);
});

test("a chunk of the bundle that changed after the training runs as it is now", async () => {
  const [chunk = ""] = globSync("file-*.cjs", { cwd: dist });
  const text = readFileSync(join(dist, chunk), "utf8");
  writeFileSync(join(dist, chunk), text.replaceAll("sizeBytes", "SIZEBYTES"));
  const { answers } = await ask(executable, request("Hello.\n"));
  expect(JSON.stringify(answers)).toContain('"SIZEBYTES":');
});
