import type { Backend, FileAccess, NetworkAccess } from "./backend.ts";
import { CallProxy } from "./call-proxy.ts";
import { betweenPrograms, killAfterAnswer } from "./program-kills.ts";
import { startProvider, type Executable, type Message } from "./provider-process.ts";
import { killBefore, recordCalls } from "./strace.ts";

/** A moment of a request at which the provider can be killed. */
export interface KillPoint {
  /** Completes "killed ...". */
  readonly where: string;
  /** Does the request up to that moment; returns when the provider is dead. */
  kill(): Promise<void>;
}

/**
 * The moments of a request between which the backend changes: before each call, and after the last one. For the backend,
 * after one call is before the next. Finding them does the request once, undisturbed.
 */
export async function findKillPoints(
  executable: Executable,
  backend: Backend,
  requestVia: (connection: Message) => Message,
): Promise<KillPoint[]> {
  const { access } = backend;
  if (access.kind === "network") return await betweenCalls(executable, access, requestVia);
  const request = requestVia(backend.connection);
  return access.kind === "files"
    ? await betweenSystemCalls(executable, access, request)
    : await betweenPrograms(executable, access, request);
}

async function betweenCalls(
  executable: Executable,
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
    if (signal !== "SIGKILL") throw new Error(`The run did not come to call ${call}: ${stdout}`);
  };

  await using counting = await CallProxy.start(access.endpoint);
  const provider = startProvider(executable);
  provider.send(requestVia(access.at(counting.endpoint)));
  await provider.finish();
  const calls = counting.answered;
  const before = calls.map((call) => ({ where: `before call ${call}`, kill: () => killAt(call, "before") }));
  const after = calls.slice(-1).map((call) => ({ where: `after call ${call}`, kill: () => killAt(call, "after") }));
  return [...before, ...after];
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
