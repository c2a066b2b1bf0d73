import { writeFile } from "node:fs/promises";
import type { Command } from "../command-line.ts";
import { memberName } from "../evaluation/member.ts";
import { ProviderProcesses } from "../provider/processes.ts";
import { record } from "../recording/record.ts";
import { fillEnvironment, readRecording, type Recording } from "../recording/recording.ts";
import { exitStatus, type ExitStatus } from "../session/exit-status.ts";
import { Session } from "../session/session.ts";
import { nixDeployment } from "../session/source.ts";
import type { Surroundings } from "../session/surroundings.ts";
import type { Progress } from "../show/progress.ts";
import { configurationText, type Exported } from "./configuration.ts";
import { Plugins } from "./plugins.ts";
import { survey, type Survey } from "./survey.ts";

type Export = Extract<Command, { name: "export" }>;

/** Writes the deployment as a configuration of OpenTofu. Writes nothing if a look failed. */
export async function runExport(command: Export, surroundings: Surroundings): Promise<ExitStatus> {
  const { env, stdout, stderr } = surroundings;
  using session = new Session(stderr);
  const { stop } = session;
  const recording = fillEnvironment(await recordingOf(command, surroundings), env);
  const { found, exported } = await session.phase(async (progress) => {
    await using processes = new ProviderProcesses(env, (text) => progress.line(text));
    const plugins = new Plugins(processes.for(() => {}));
    const { targets, jobs } = command;
    const surveyed = await survey({ recording, targets, jobs, plugins, processes, progress, stop });
    return { found: surveyed, exported: await exportable(recording, surveyed, plugins, progress) };
  });

  if (!stop.aborted && !session.hasFailed) {
    const text = configurationText(exported, recording.gaps, found);
    if (command.output === undefined) stdout.write(text);
    else await writeFile(command.output, text);
  }
  session.summarize(`${exported.length} exported, ${found.existing.size} of all exist`);
  if (stop.aborted) return exitStatus.interrupted;
  return session.hasFailed ? exitStatus.failed : exitStatus.done;
}

/** A recording tells which output each input reads. */
async function recordingOf({ source: { kind, file } }: Export, surroundings: Surroundings): Promise<Recording> {
  if (kind === "recording") return readRecording(file);
  const deployment = await nixDeployment(file, surroundings, (line) => surroundings.stderr.write(`${line}\n`));
  return record(deployment, []);
}

/** The members that OpenTofu can have. The others are reported as skipped. */
async function exportable(
  { members }: Recording,
  { wanted }: Survey,
  plugins: Plugins,
  progress: Progress,
): Promise<Exported[]> {
  const exported: Exported[] = [];
  for (const member of members) {
    const name = memberName(member.path);
    if (!wanted.has(name)) continue;
    const { plugin } = await plugins.typeOf(member);
    if (plugin === undefined) {
      progress.finish(name, "skipped", "its type is not available in OpenTofu");
    } else {
      exported.push({ member, plugin });
    }
  }
  return exported;
}
