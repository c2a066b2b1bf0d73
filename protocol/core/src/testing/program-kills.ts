import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { ProgramAccess } from "./backend.ts";
import type { KillPoint } from "./kill-points.ts";
import type { Overtaking } from "./pause-points.ts";
import {
  startProvider,
  type Executable,
  type Finished,
  type Message,
  type ProviderProcess,
} from "./provider-process.ts";

/**
 * Comes before a program on PATH. It records the call. At the call in `at` it kills the provider and then its own process
 * group: the shell that runs the programs, the others, and itself. At the call in `wait` it waits until a file `go` exists.
 * Otherwise it runs the real program.
 */
const standIn = `#!/bin/sh
folder=$(dirname "$0") name=$(basename "$0")
PATH=\${PATH#*"$folder":}
echo "$name $*" >> "$folder/calls"
if [ "$(wc -l < "$folder/calls")" -eq "$(cat "$folder/at")" ]; then
  kill -KILL "$(cat "$folder/provider")"
  kill -KILL 0
fi
if [ "$(wc -l < "$folder/calls")" -eq "$(cat "$folder/wait")" ]; then
  touch "$folder/waiting"
  while [ ! -e "$folder/go" ]; do sleep 0.02; done
fi
exec "$name" "$@"
`;

/** The moments before each call of a program that changes something, and after the last call. */
export async function betweenPrograms(
  executable: Executable,
  access: ProgramAccess,
  request: Message,
): Promise<KillPoint[]> {
  const { calls } = await runUpTo(0, executable, access, request);
  const before = calls.map((call, index) => ({
    call,
    where: `before ${call}`,
    async kill() {
      const { signal, stdout } = await runUpTo(index + 1, executable, access, request);
      if (signal !== "SIGKILL") throw new Error(`The run ended before ${call}: ${stdout}`);
    },
  }));
  const writing = before.filter(({ call }) => access.isWrite?.(call) ?? true);
  return [...writing, { where: "after the last call", kill: () => killAfterAnswer(executable, request) }];
}

/** The calls of the programs. */
export async function recordPrograms(
  executable: Executable,
  access: ProgramAccess,
  request: Message,
): Promise<string[]> {
  return (await runUpTo(0, executable, access, request)).calls;
}

/**
 * Runs the request up to that call, counted from 1, then `meanwhile`, then the rest. The stand-ins stay until `others` is
 * done: a shell remembers the path at which it found a program.
 */
export async function pauseAtProgram(
  at: number,
  executable: Executable,
  access: ProgramAccess,
  request: Message,
  { meanwhile, others }: Overtaking,
): Promise<Finished> {
  const [waiting, go] = [join(access.folder, "waiting"), join(access.folder, "go")];
  return await runUpTo(0, executable, access, request, {
    at,
    async work(provider) {
      while (!existsSync(waiting)) {
        if (provider.hasEnded) throw new Error(`The run ended before call ${at} of a program.`);
        await pause(5);
      }
      try {
        await meanwhile();
      } finally {
        writeFileSync(go, "");
      }
    },
    others,
  });
}

interface Waiting {
  at: number;
  work: (provider: ProviderProcess) => Promise<void>;
  others: () => Promise<void>;
}

/** Runs the request with stand-ins for the programs, up to the call at which they kill it; 0 means to the end. */
async function runUpTo(
  killAt: number,
  executable: Executable,
  { programs, folder }: ProgramAccess,
  request: Message,
  waiting?: Waiting,
): Promise<Finished & { calls: string[] }> {
  mkdirSync(folder);
  try {
    for (const name of programs) writeFileSync(join(folder, name), standIn, { mode: 0o755 });
    writeFileSync(join(folder, "calls"), "");
    writeFileSync(join(folder, "at"), `${killAt}\n`);
    writeFileSync(join(folder, "wait"), `${waiting?.at ?? 0}\n`);
    const provider = startProvider(executable);
    writeFileSync(join(folder, "provider"), `${provider.pid}\n`);
    provider.send(request);
    await waiting?.work(provider);
    const finished = await provider.finish();
    await waiting?.others();
    const calls = readFileSync(join(folder, "calls"), "utf8").split("\n").slice(0, -1);
    return { ...finished, calls };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Kills the provider after its answer. */
export async function killAfterAnswer(executable: Executable, request: Message): Promise<void> {
  const provider = startProvider(executable);
  provider.send(request);
  await provider.answer();
  provider.kill();
  await provider.finish();
}
