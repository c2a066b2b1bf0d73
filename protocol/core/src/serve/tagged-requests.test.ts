import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";

const room = join(import.meta.dirname, "../fixtures/room.ts");

type Message = Record<string, { id?: number | string; response?: unknown; text?: string }>;

let child: ChildProcessWithoutNullStreams;
let messages: AsyncIterator<string>;
beforeEach(() => {
  child = spawn(process.execPath, [room], { env: { ...process.env, CANARY: "canary-0xC0FFEE" } });
  messages = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
});
afterEach(() => void child.kill("SIGKILL"));

const create = (type: string, inputs: object) => ({
  createResourceRequest: { type, inputProperties: { connection: {}, managedBy: "prod", ...inputs }, isStateful: true },
});
const moody = (inputs: object) => create("moody", inputs);
const send = (message: object): boolean => child.stdin.write(`${JSON.stringify(message)}\n`);
const ask = (id: number | string, request: object): boolean => send({ taggedRequest: { id, request } });

/** The next message, parsed. */
async function next(): Promise<Message> {
  const line = await messages.next();
  if (line.done === true) throw new Error("The process has ended.");
  return JSON.parse(line.value);
}

/** The next answer: messages for stderr are skipped. */
async function nextAnswer(): Promise<unknown> {
  for (;;) {
    const message = await next();
    if (!("taggedStderr" in message)) return message["taggedResponse"] ?? message;
  }
}

const fine = { createResourceResponse: { outputProperties: { pid: expect.any(Number) } } };
const refused = (words: string | RegExp) => ({ errorResponse: { message: expect.stringMatching(words) } });

test("requests are answered as they are done, beside plain ones, which keep their order", async () => {
  ask("slow", moody({ mood: "slow", seconds: 1 }));
  ask("failing", moody({ mood: "broken" }));
  send(moody({ mood: "slow", seconds: 0.3 }));
  send(moody({ mood: "fine" }));
  expect([await nextAnswer(), await nextAnswer(), await nextAnswer(), await nextAnswer()]).toEqual([
    { id: "failing", response: refused("protocol.bug") },
    fine,
    fine,
    { id: "slow", response: fine },
  ]);
});

test("the lines that a request would write to stderr carry its id, and come before its answer", async () => {
  ask(1, moody({ mood: "slow", seconds: 0.2 }));
  ask(2, moody({ mood: "telling", secret: { env: "CANARY" } }));
  const said = [await next(), await next(), await next(), await next()];
  expect(said).toEqual([
    { taggedStderr: { id: 2, text: expect.stringMatching(/^failed moody telling .*bad password \[secret\]/) } },
    { taggedResponse: { id: 2, response: refused(/bad password \[secret\]/) } },
    { taggedStderr: { id: 1, text: expect.stringMatching(/^unchanged moody slow \(0\.2\d s\)\n$/) } },
    { taggedResponse: { id: 1, response: fine } },
  ]);
});

test("100 requests with a deadline of their own: those that hang end at theirs", async () => {
  for (let id = 0; id < 100; id++) {
    ask(id, moody(id % 10 === 0 ? { mood: "slow", seconds: 60, timeoutSeconds: 1 } : { mood: "fine" }));
  }
  const answers = new Map<unknown, unknown>();
  while (answers.size < 100) {
    const { id, response } = Object(await nextAnswer());
    answers.set(id, response);
  }
  const hung = [...answers].filter(([id]) => Number(id) % 10 === 0);
  expect(hung.map(([, response]) => response)).toEqual(Array(10).fill(refused("protocol.timeout")));
  expect([...answers.values()].filter((response) => "createResourceResponse" in Object(response))).toHaveLength(90);
});

test("a line that is no tagged request is rejected, and the others go on", async () => {
  send({ taggedRequest: { request: {} } });
  ask(1, { stateResourceEvent: {} });
  ask(2, { nonsense: {} });
  expect([await nextAnswer(), await nextAnswer(), await nextAnswer()]).toEqual([
    refused(/^\[protocol.request.malformed\] .*`id` must be/),
    { id: 1, response: refused("the events of a state have an order") },
    { id: 2, response: refused("protocol.request.unknown") },
  ]);
});

test("the end of stdin ends the process after the last answer", async () => {
  ask(1, moody({ mood: "slow", seconds: 0.5 }));
  child.stdin.end();
  expect(await nextAnswer()).toMatchObject({ id: 1, response: fine });
  expect(child.exitCode ?? (await once(child, "exit"))[0]).toBe(0);
});

test("SIGINT changes nothing, since their sender decides; SIGTERM ends the process after what is in hand", async () => {
  ask(0, moody({ mood: "fine" }));
  await nextAnswer();
  ask(1, moody({ mood: "slow", seconds: 0.5 }));
  await pause(200);
  child.kill("SIGINT");
  expect(await nextAnswer()).toMatchObject({ id: 1, response: fine });
  ask(2, moody({ mood: "slow", seconds: 0.5 }));
  await pause(200);
  child.kill("SIGTERM");
  expect(await nextAnswer()).toMatchObject({ id: 2, response: fine });
  expect(child.signalCode ?? (await once(child, "exit"))[1]).toBe("SIGTERM");
});

test("stdout closed early: what is in hand is finished", async () => {
  ask(1, moody({ mood: "slow", seconds: 0.5 }));
  child.stdout.destroy();
  ask(2, moody({ mood: "slow", seconds: 0.8 }));
  child.stdin.end();
  expect(child.exitCode ?? (await once(child, "exit"))[0]).toBe(0);
});
