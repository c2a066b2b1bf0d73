import type { Backend, FileAccess, NetworkAccess } from "./backend.ts";
import { CallProxy } from "./call-proxy.ts";
import { pauseAtProgram, recordPrograms } from "./program-kills.ts";
import { startProvider, type Executable, type Finished, type Message } from "./provider-process.ts";
import { pauseAfter, recordSteps } from "./strace.ts";

/** What others do while a request is paused. */
export interface Overtaking {
  /** Resolves when the request may continue. */
  readonly meanwhile: () => Promise<void>;
  /** Resolves when the others are done: some wait for a lock of the request. */
  readonly others: () => Promise<void>;
}

/** A moment of a request, after its look and before its last write, at which it can be paused. */
export interface PausePoint {
  /** Completes "paused ...". */
  readonly where: string;
  /** Runs the request up to that moment, then `meanwhile`, then the rest of the request. */
  run(overtaking: Overtaking): Promise<Finished>;
}

/** A request, and one that looks at the same object in the same way and then writes nothing. */
export interface LookAndWrite {
  readonly request: (connection: Message) => Message;
  readonly look: (connection: Message) => Message;
}

/**
 * The moments between look and write, in order; the first is the end of the look. To find them, both requests run once
 * without interruption, each after `prepare`.
 */
export async function findPausePoints(
  executable: Executable,
  backend: Backend,
  prepare: () => Promise<void>,
  both: LookAndWrite,
): Promise<PausePoint[]> {
  const { access, connection } = backend;
  if (access.kind === "network") return await betweenCalls(executable, backend, access, prepare, both);
  const [request, look] = [both.request(connection), both.look(connection)];
  if (access.kind === "files") return await betweenSystemCalls(executable, access, prepare, request, look);
  await prepare();
  const looked = await recordPrograms(executable, access, look);
  await prepare();
  const calls = await recordPrograms(executable, access, request);
  return calls.flatMap((call, index) =>
    index < looked.length || !(access.isWrite?.(call) ?? true)
      ? []
      : [
          {
            where: `before ${call}`,
            run: (overtaking) => pauseAtProgram(index + 1, executable, access, request, overtaking),
          },
        ],
  );
}

/** The numbers of the calls between look and write; the last one is the last write, or its commit. */
export async function callsAfterLook(
  executable: Executable,
  backend: Backend,
  access: NetworkAccess,
  prepare: () => Promise<void>,
  { request, look }: LookAndWrite,
): Promise<number[]> {
  await prepare();
  const looked = (await runWatched(executable, access, look, async () => undefined)).calls.length;
  await prepare();
  const states: string[] = [];
  const note = async (): Promise<void> => void states.push(JSON.stringify(await backend.writes()));
  const { calls } = await runWatched(executable, access, request, note);
  // The last call before which the server was not as it is in the end: the last write, or its commit.
  states.push(JSON.stringify(await backend.writes()));
  const write = Math.min(states.findLastIndex((state) => state !== states.at(-1)) + 1, calls.length);
  const first = Math.min(looked + 1, write);
  return Array.from({ length: write - first + 1 }, (_, index) => first + index);
}

async function runWatched(
  executable: Executable,
  access: NetworkAccess,
  requestVia: (connection: Message) => Message,
  watch: (call: number) => Promise<void>,
): Promise<{ finished: Finished; calls: readonly number[] }> {
  await using proxy = await CallProxy.observe(access.endpoint, watch);
  const provider = startProvider(executable);
  provider.send(requestVia(access.at(proxy.endpoint)));
  return { finished: await provider.finish(), calls: proxy.answered };
}

async function betweenCalls(
  executable: Executable,
  backend: Backend,
  access: NetworkAccess,
  prepare: () => Promise<void>,
  both: LookAndWrite,
): Promise<PausePoint[]> {
  const calls = await callsAfterLook(executable, backend, access, prepare, both);
  return calls.map((at) => ({
    where: `before call ${at}`,
    async run({ meanwhile }) {
      let isReached = false;
      const { finished } = await runWatched(executable, access, both.request, async (call) => {
        if (call !== at) return;
        isReached = true;
        await meanwhile();
      });
      if (!isReached) throw new Error(`The run ended before call ${at}: ${finished.stdout}`);
      return finished;
    },
  }));
}

async function betweenSystemCalls(
  executable: Executable,
  { folder }: FileAccess,
  prepare: () => Promise<void>,
  request: Message,
  look: Message,
): Promise<PausePoint[]> {
  await prepare();
  const looked = await recordSteps(executable, look, folder);
  await prepare();
  const steps = await recordSteps(executable, request, folder);
  const lastWrite = steps.findLastIndex(({ changes }) => changes);
  const endOfLook = Math.min(looked.length, lastWrite) - 1;
  return steps
    .map((step, index) => ({ step, isPoint: index === endOfLook || (index > endOfLook && steps[index + 1]?.changes) }))
    .slice(Math.max(endOfLook, 0), lastWrite)
    .filter(({ isPoint }) => isPoint)
    .map(({ step }) => ({
      where: `after ${step.text}`,
      run: ({ meanwhile }) => pauseAfter(executable, request, step, folder, meanwhile),
    }));
}
