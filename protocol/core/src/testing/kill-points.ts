import type { Backend, FileAccess, NetworkAccess } from "./backend.ts";
import { CallProxy } from "./call-proxy.ts";
import { isWholeContract } from "./contract.ts";
import { betweenPrograms, killAfterAnswer } from "./program-kills.ts";
import { startProvider, type Executable, type Message } from "./provider-process.ts";
import { killBefore, recordCalls } from "./strace.ts";

/** A moment of a request at which the provider can be killed. */
export interface KillPoint {
  /** Completes "killed ...". */
  readonly where: string;
  /** Runs the request up to that moment; returns when the provider is dead. */
  kill(): Promise<void>;
}

/**
 * The moments of a request at which a kill leaves the backend in a different state. To find them, the request is run
 * once without interruption.
 */
export async function findKillPoints(
  executable: Executable,
  backend: Backend,
  requestVia: (connection: Message) => Message,
): Promise<KillPoint[]> {
  const { access } = backend;
  if (access.kind === "network") return await betweenCalls(executable, backend, access, requestVia);
  const request = requestVia(backend.connection);
  return access.kind === "files"
    ? await betweenSystemCalls(executable, access, request)
    : await betweenPrograms(executable, access, request);
}

async function betweenCalls(
  executable: Executable,
  backend: Backend,
  access: NetworkAccess,
  requestVia: (connection: Message) => Message,
): Promise<KillPoint[]> {
  const killAt = async (call: number, when: "before" | "after"): Promise<void> => {
    let kill: (() => void) | undefined;
    await using proxy = await CallProxy.start(access.endpoint, {
      call,
      when,
      afterwards: "close",
      act: () => kill?.(),
    });
    const provider = startProvider(executable);
    kill = () => provider.kill();
    provider.send(requestVia(access.at(proxy.endpoint)));
    const { signal, stdout } = await provider.finish();
    if (signal !== "SIGKILL") throw new Error(`The run ended before call ${call}: ${stdout}`);
  };

  const calls = await decisiveCalls(backend, access, async (connection) => {
    const provider = startProvider(executable);
    provider.send(requestVia(connection));
    await provider.finish();
  });
  const before = calls.map((call) => ({ where: `before call ${call}`, kill: () => killAt(call, "before") }));
  const after = calls.slice(-1).map((call) => ({ where: `after call ${call}`, kill: () => killAt(call, "after") }));
  return [...before, ...after];
}

/**
 * The numbers of the calls that a run makes. Of calls between two writes only the first (it may be the commit) and the last
 * count, since the backend is in the same state before all others; WHOLE_CONTRACT=1 counts each.
 */
export async function decisiveCalls(
  backend: Backend,
  access: NetworkAccess,
  run: (connection: Message) => Promise<unknown>,
): Promise<number[]> {
  const states = new Map<number, string>();
  await using proxy = await CallProxy.observe(access.endpoint, async (call) => {
    if (!isWholeContract()) states.set(call, JSON.stringify(await backend.writes()));
  });
  await run(access.at(proxy.endpoint));
  const calls = proxy.answered;
  if (isWholeContract()) return calls;
  const isBorder = (index: number, neighbour: number): boolean =>
    states.get(calls[index] ?? 0) !== states.get(calls[neighbour] ?? 0);
  return calls.filter((_call, index) => isBorder(index, index - 1) || isBorder(index, index + 1));
}

async function betweenSystemCalls(
  executable: Executable,
  { folder }: FileAccess,
  request: Message,
): Promise<KillPoint[]> {
  const calls = await recordCalls(executable, request, folder);
  const before = calls.map((call) => ({
    where: `before ${call.text}`,
    kill: async () => void (await killBefore(executable, request, call, folder)),
  }));
  return [...before, { where: "after the last call", kill: () => killAfterAnswer(executable, request) }];
}
