import { fstatSync } from "node:fs";
import { answer, type Answer } from "./answer.ts";
import { failRequestInHand } from "./deadline.ts";
import { explain } from "./explain.ts";
import type { Provider } from "./provider.ts";
import { guardStdout, isBrokenPipe, lineReader, writeFully } from "../wire/lines.ts";
import { flushLog } from "../report/log.ts";
import { OpenStores } from "./open-stores.ts";
import { useSecretSources } from "../secrets/sources.ts";

/**
 * The whole life of a provider's process: answers each line of stdin with one line on stdout until stdin ends, in order.
 * With arguments, or at a terminal, it is a command for people instead.
 */
export function serve(provider: Provider): void {
  useSecretSources(provider.secretSources);
  const args = process.argv.slice(2);
  void (args.length > 0 ? runCommand(provider, args) : answerLines(provider));
}

async function runCommand(provider: Provider, args: string[]): Promise<void> {
  const { commandLine } = await import("./command-line.ts");
  process.exitCode = await commandLine(provider, args);
  await flushLog();
}

async function answerLines(provider: Provider): Promise<void> {
  if (await isTerminal(0)) return await runCommand(provider, []);
  const stdout = guardStdout();
  process.on("uncaughtException", (error) => {
    if (failRequestInHand(error)) return;
    writeFully(2, `${explain(error, "wait for a request")}\n`);
    process.exit(1);
  });
  const next = lineReader();
  await using stores = new OpenStores();
  for (let line = await next(); line !== undefined; line = await next()) {
    if (line.trim() === "") continue;
    const stopped = await finishBeforeStopping(() => answer(provider, line, stores));
    // Before the answer: whoever has it may interrupt at once.
    if (stores.isAnyOpen) ignoreInterrupts();
    reply(stdout, stopped.result);
    await flushLog();
    if (stopped.signal === "SIGINT" && !stores.isAnyOpen) process.exit(130);
    if (stopped.signal === "SIGTERM") process.exit(143);
  }
  await flushLog();
  // Nothing that a client library left open may keep the process alive after its last answer.
  await stores[Symbol.asyncDispose]();
  process.exit(0);
}

/** Whether a person is at the other end. The look at the file first, since the module for terminals loads that for sockets. */
async function isTerminal(fd: number): Promise<boolean> {
  return fstatSync(fd).isCharacterDevice() && (await import("node:tty")).isatty(fd);
}

function reply(stdout: number, message: Answer): void {
  try {
    writeFully(stdout, `${JSON.stringify(message)}\n`);
  } catch (error) {
    // The work is done and nobody listens any more: the next apply will look and find it.
    if (isBrokenPipe(error)) process.exit(0);
    throw error;
  }
}

/**
 * While a state is open, the end of input is what ends this process: NixOps4 itself finishes after a Ctrl-C what is running,
 * and has yet to tell the state of it.
 */
function ignoreInterrupts(): void {
  if (!process.listeners("SIGINT").includes(ignore)) process.on("SIGINT", ignore);
}

function ignore(): void {}

/**
 * NixOps4 shares its process group with us, so a person's Ctrl-C arrives here too. A request in hand is finished and
 * answered first; while none is, the signal has its usual effect.
 */
async function finishBeforeStopping<T>(
  work: () => Promise<T>,
): Promise<{ result: T; signal: NodeJS.Signals | undefined }> {
  let signal: NodeJS.Signals | undefined;
  const remember = (name: NodeJS.Signals): void => void (signal = name);
  process.on("SIGINT", remember);
  process.on("SIGTERM", remember);
  try {
    const result = await work();
    return { result, signal };
  } finally {
    process.off("SIGINT", remember);
    process.off("SIGTERM", remember);
  }
}
