import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProgramAccess } from "./backend.ts";
import type { KillPoint } from "./kill-points.ts";
import { startProvider, type Executable, type Finished, type Message } from "./provider-process.ts";

/**
 * Stands before a program on PATH. Notes the call, and at the one in `at` kills the provider and then its own process
 * group: the shell that runs the programs, the others, and itself. Else the real program takes its place.
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

/**
 * The moments before each call of a program that changes something, and after the last one: for work that a provider has
 * done by programs, of which each is a system call or a few.
 */
export async function betweenPrograms(
  executable: Executable,
  access: ProgramAccess,
  request: Message,
): Promise<KillPoint[]> {
  const { calls } = await runUpTo(0, executable, access, request);
  const before = calls.map((call, index) => ({
    where: `before ${call}`,
    async kill() {
      const { signal, stdout } = await runUpTo(index + 1, executable, access, request);
      if (signal !== "SIGKILL") throw new Error(`The run did not come to ${call}: ${stdout}`);
    },
  }));
  return [...before, { where: "after the last call", kill: () => killAfterAnswer(executable, request) }];
}

/** Does the request with stand-ins for the programs, up to that call; 0 is up to the end. */
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

/** The provider dies when it has answered: what was to be done is done. */
export async function killAfterAnswer(executable: Executable, request: Message): Promise<void> {
  const provider = startProvider(executable);
  provider.send(request);
  await provider.answer();
  provider.kill();
  await provider.finish();
}
