import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProgramAccess } from "./backend.ts";
import type { KillPoint } from "./kill-points.ts";
import { startProvider, type Executable, type Finished, type Message } from "./provider-process.ts";

/**
 * Comes before a program on PATH. It records the call. At the call in `at` it kills the provider and then its own process
 * group: the shell that runs the programs, the others, and itself. Otherwise it runs the real program.
 */
const standIn = `#!/bin/sh
folder=$(dirname "$0") name=$(basename "$0")
PATH=\${PATH#*"$folder":}
echo "$name $*" >> "$folder/calls"
if [ "$(wc -l < "$folder/calls")" -eq "$(cat "$folder/at")" ]; then
  kill -KILL "$(cat "$folder/provider")"
  kill -KILL 0
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

/** Runs the request with stand-ins for the programs, up to that call; 0 means to the end. */
async function runUpTo(
  at: number,
  executable: Executable,
  { programs, folder }: ProgramAccess,
  request: Message,
): Promise<Finished & { calls: string[] }> {
  mkdirSync(folder);
  try {
    for (const name of programs) writeFileSync(join(folder, name), standIn, { mode: 0o755 });
    writeFileSync(join(folder, "calls"), "");
    writeFileSync(join(folder, "at"), `${at}\n`);
    const provider = startProvider(executable);
    writeFileSync(join(folder, "provider"), `${provider.pid}\n`);
    provider.send(request);
    const finished = await provider.finish();
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
