import { expect, test, vi } from "vitest";
import { answers } from "./answer.ts";
import type { ProviderMessage } from "./message.ts";
import { ProviderProcess } from "./process.ts";

// Each test starts a program, and the machine may be busy.
vi.setConfig({ testTimeout: 30_000 });

/** Sends a request to a provider that runs this script, and returns its answer and its stderr. */
async function ask(script: string, request: object = {}) {
  const messages: ProviderMessage[] = [];
  const provider = { executable: process.execPath, args: ["-e", script] };
  const answer = await (async () => {
    const surroundings = { env: process.env, onMessage: (message: ProviderMessage) => void messages.push(message) };
    await using running = await ProviderProcess.start(provider, surroundings);
    return await running.ask({ createResourceRequest: { ...request } }, answers.create);
  })();
  return { outputs: answer.outputProperties, messages };
}

const answering = (outputs: string) => `
  process.stdin.once("data", (line) => {
    console.log(JSON.stringify({ createResourceResponse: { outputProperties: ${outputs} } }));
  });`;

test("sends one line and receives one line", async () => {
  const { outputs } = await ask(answering("{ got: String(line) }"), { type: "x" });
  expect(outputs).toEqual({ got: '{"createResourceRequest":{"type":"x"}}\n' });
});

test("receives an answer of several megabytes", async () => {
  const { outputs } = await ask(answering('{ text: "x".repeat(5_000_000) }'));
  expect(outputs["text"]).toHaveLength(5_000_000);
});

test("reads the outcome as JSON, and passes on every other line of stderr as log", async () => {
  const { messages } = await ask(`
    console.error("connecting");
    console.error(JSON.stringify({ outcome: "adopted", format: process.env.NIXOPS4_RESOURCES_LOG_FORMAT }));
    ${answering("{}")}
    process.on("exit", () => console.error("the end"));`);
  expect(messages).toEqual([
    { kind: "log", text: "connecting" },
    { kind: "outcome", outcome: "adopted" },
    { kind: "log", text: "the end" },
  ]);
});

test("does not wait for lines after the answer, and does not block the provider that writes them", async () => {
  const { outputs } = await ask(`${answering('{ a: "b" }')} process.on("exit", () => console.log("x".repeat(1e6)));`);
  expect(outputs).toEqual({ a: "b" });
});

test.each([
  ["ends without an answer", "", "ended with exit status 0 without one"],
  ["fails without an answer", "process.exit(7)", "ended with exit status 7 without one"],
  ["is killed", "process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 1000)", "was ended by SIGKILL without one"],
  ["closes its stdin at once", "process.stdin.destroy()", "without one"],
  ["answers with words", "console.log('hello')", "not JSON"],
])("rejects a provider that %s", async (_, script, reason) => {
  await expect(ask(script)).rejects.toThrow(reason);
});

test("names the program that cannot be started", async () => {
  const provider = { executable: "/nowhere/provider", args: [] };
  await expect(ProviderProcess.start(provider, { env: {}, onMessage() {} })).rejects.toThrow(
    /^\[driver\.provider\.start\] Unable to start provider \/nowhere\/provider: .*ENOENT/,
  );
});

test("does not start a script without an interpreter line, like NixOps4", async () => {
  const provider = { executable: import.meta.filename, args: [] };
  await expect(ProviderProcess.start(provider, { env: {}, onMessage() {} })).rejects.toThrow("EACCES");
});
