import { fstatSync } from "node:fs";
import { exitNow, stuckReads } from "../files/stuck-reads.ts";
import { flushLog } from "../report/log.ts";
import { runWith } from "../request/context.ts";
import { failUncaught } from "../request/active-request.ts";
import { guardStdout, isBrokenPipe, lineReader, writeFully } from "../wire/lines.ts";
import { looksTagged } from "../wire/wire.ts";
import { answer, type Answer } from "./answer.ts";
import { explain } from "./explain.ts";
import { OpenStores } from "./open-stores.ts";
import type { Provider } from "./provider.ts";
import { exitStatusOf, ignoreInterrupts, StopSignals } from "./stop-signals.ts";
import type { TaggedRequests } from "./tagged-requests.ts";

/**
 * Runs a provider's process: answers each line of stdin with one line on stdout, in order, until stdin ends. Tagged requests
 * run beside all others. With arguments, or at a terminal, the process is a command line for people instead; started by
 * OpenTofu, it is a plugin.
 */
export function serve(provider: Provider): void {
  // Only OpenTofu and Terraform set this, for programs that they start as plugins.
  void (process.env["TF_PLUGIN_MAGIC_COOKIE"] && provider.opentofu
    ? import("./plugin.ts").then(({ startPlugin }) => startPlugin(provider, serveRequests))
    : serveRequests(provider));
}

async function serveRequests(provider: Provider): Promise<void> {
  const args = process.argv.slice(2);
  // The launcher starts it in this way (docs/adr/022-worker.md).
  if (args[0] === "--worker") (await import("../worker/worker.ts")).startWorker(provider, args[1]);
  else await (args.length > 0 ? runCommand(provider, args) : answerLines(provider));
}

async function runCommand(provider: Provider, args: string[]): Promise<void> {
  const { commandLine, failCommand } = await import("./command-line.ts");
  process.on("uncaughtException", failCommand);
  process.exitCode = await runWith(
    // A command is one request: it reads each secret once.
    { secretSources: provider.secretSources, resolutions: new Map() },
    () => commandLine(provider, args),
  );
  await flushLog();
  // Otherwise the process ends when nothing is left to do.
  if (stuckReads.size > 0) exitNow(1);
}

async function answerLines(provider: Provider): Promise<void> {
  if (await isTerminal(0)) return await runCommand(provider, []);
  const stdout = guardStdout();
  process.on("uncaughtException", (error) => {
    if (failUncaught(error)) return;
    writeFully(2, `${explain(error, "wait for a request")}\n`);
    exitNow(1);
  });
  const next = lineReader();
  const stops = new StopSignals();
  await using stores = new OpenStores();
  let tagged: TaggedRequests | undefined;
  for (let line = await next(); line !== undefined; line = await next()) {
    if (line.trim() === "") continue;
    if (looksTagged(line)) {
      // Their sender ends this process by the end of stdin, after it has got the answers that it waits for.
      ignoreInterrupts();
      tagged ??= new (await import("./tagged-requests.ts")).TaggedRequests({ provider, stores, stops, stdout });
      tagged.start(line);
      continue;
    }
    const message = await stops.deferDuring(() => answer(provider, line, stores));
    // Before the answer, since its reader may send an interrupt at once.
    if (stores.isAnyOpen) ignoreInterrupts();
    reply(stdout, message);
    await flushLog();
    const { received } = stops;
    const ignores = stores.isAnyOpen || tagged !== undefined;
    if (received !== undefined && !(received === "SIGINT" && ignores)) exitNow(exitStatusOf(received));
  }
  await tagged?.[Symbol.asyncDispose]();
  await flushLog();
  // Sockets and timers that a client library left open must not keep the process alive after its last answer.
  await stores[Symbol.asyncDispose]();
  exitNow(0);
}

/** Whether the descriptor is a terminal. Checks the file type first, since node:tty loads node:net. */
async function isTerminal(fd: number): Promise<boolean> {
  return fstatSync(fd).isCharacterDevice() && (await import("node:tty")).isatty(fd);
}

function reply(stdout: number, message: Answer): void {
  try {
    writeFully(stdout, `${JSON.stringify(message)}\n`);
  } catch (error) {
    // The work is done, but the reader has closed stdout. The next apply finds the object by reading it.
    if (isBrokenPipe(error)) exitNow(0);
    throw error;
  }
}
