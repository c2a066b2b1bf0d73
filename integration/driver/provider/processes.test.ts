import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { JsonObject } from "../json.ts";
import { requestsIn } from "../testing/recordings.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { answers } from "./answer.ts";
import type { ProviderMessage } from "./message.ts";
import { ProviderProcesses } from "./processes.ts";

const script = fileURLToPath(new URL("../testing/provider.ts", import.meta.url));

/** Sends creates to the provider of the driver's tests, all at once. */
async function setUp(logName: string) {
  const folder = await temporaryFolder();
  const requestLog = join(folder, logName);
  await writeFile(requestLog, "");
  const stray: string[] = [];
  const processes = new ProviderProcesses(process.env, (text) => void stray.push(text));
  const provider = { executable: process.execPath, args: [script, requestLog] };
  const create = async (inputProperties: JsonObject) => {
    const messages: ProviderMessage[] = [];
    const asking = processes.for((message) => void messages.push(message));
    const request = { createResourceRequest: { type: "note", inputProperties, isStateful: false } };
    const { answer, outcome } = await asking.ask(provider, request, answers.create);
    return { text: answer.outputProperties["text"], outcome, messages };
  };
  const pids = async () => new Set((await requestsIn(requestLog)).map(({ pid }) => pid)).size;
  return { folder, processes, provider, create, pids, stray };
}

const created = (text: string) => ({ text, outcome: "created", messages: [{ kind: "outcome", outcome: "created" }] });

test("one process answers the requests of all members, each as soon as it is done", async () => {
  const { folder, processes, create, pids } = await setUp("requests");
  await using _ = processes;
  const gate = join(folder, "gate");
  const waiting = create({ text: "waiting", until: gate });
  expect(await Promise.all(["a", "b", "c"].map((text) => create({ text })))).toEqual(["a", "b", "c"].map(created));
  await writeFile(gate, "");
  expect(await waiting).toEqual(created("waiting"));
  expect(await pids()).toBe(1);
});

test("a failure is one member's alone", async () => {
  const { processes, create } = await setUp("requests");
  await using _ = processes;
  const [failed, other] = await Promise.allSettled([create({ failure: "it fails" }), create({ text: "other" })]);
  expect(failed).toMatchObject({ status: "rejected", reason: { message: "it fails" } });
  expect(other).toEqual({ status: "fulfilled", value: created("other") });
});

test("a provider that does not know tagged requests gets a process for each, as NixOps4 starts them", async () => {
  const { processes, create, pids, stray } = await setUp("requests.one-by-one");
  await using _ = processes;
  expect(await Promise.all(["a", "b", "c"].map((text) => create({ text })))).toEqual(["a", "b", "c"].map(created));
  expect(await create({ text: "d" })).toEqual(created("d"));
  // One process that was asked first, and one for each of the four.
  expect(await pids()).toBe(5);
  expect(stray).toEqual([]);
});

test("after a crash, every request that was not answered is sent again, to a process of its own", async () => {
  const { folder, processes, create, pids, stray } = await setUp("requests");
  await using _ = processes;
  await create({ text: "before" });
  const asked = Array.from({ length: 20 }, (_unused, index) =>
    create({ text: `${index}`, until: join(folder, "crashed") }),
  );
  expect(await create({ text: "crash", crash: join(folder, "crashed") })).toEqual(created("crash"));
  expect(await Promise.all(asked)).toEqual(Array.from({ length: 20 }, (_unused, index) => created(`${index}`)));
  expect(stray).toEqual(["about to crash"]);
  expect(await create({ text: "after" })).toEqual(created("after"));
  expect(await pids()).toBe(1 + 21 + 1);
});

test("a program that cannot be started is named", async () => {
  const { processes } = await setUp("requests");
  await using _ = processes;
  const nowhere = { executable: "/nowhere/provider", args: [] };
  const asked = processes.for(() => {}).ask(nowhere, { createResourceRequest: {} }, answers.create);
  await expect(asked).rejects.toThrow("Unable to start provider /nowhere/provider: ");
});
