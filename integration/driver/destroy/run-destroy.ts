import type { Command } from "../command-line.ts";
import { UsageError } from "../errors.ts";
import { memberName } from "../evaluation/member.ts";
import { ProviderProcesses } from "../provider/processes.ts";
import { exitStatus, type ExitStatus } from "../session/exit-status.ts";
import { Session } from "../session/session.ts";
import { countStates } from "../show/display.ts";
import { lockSource, openSource } from "../session/source.ts";
import type { Surroundings } from "../session/surroundings.ts";
import { destroy, previewDestroy } from "./destroy.ts";
import { countPreview, renderPreview } from "./render.ts";

/** Shows what a destroy would do, asks to type the paths, and destroys. */
export async function runDestroy(
  { source, targets, jobs, lock, yes, verbose }: Extract<Command, { name: "destroy" }>,
  surroundings: Surroundings,
): Promise<ExitStatus> {
  const { env, stdout, stderr, ask } = surroundings;
  if (!yes && ask === undefined) {
    throw new UsageError("destroy asks to type the paths, and nobody can answer: run it in a terminal, or add --yes.");
  }
  using _ = lock ? await lockSource(source) : undefined;
  using session = new Session(stderr);
  const { stop } = session;
  const preview = await session.phase(async (progress) => {
    await using evaluation = await openSource(source, surroundings, (line) => progress.line(line));
    await using processes = new ProviderProcesses(env, (text) => progress.line(text));
    return await previewDestroy({ evaluation, targets, jobs, processes, progress });
  });

  stdout.write(renderPreview(preview.members));
  for (const warning of preview.warnings) stderr.write(`Warning: ${warning}\n`);
  for (const { message } of preview.refusals) stderr.write(`${message}\n`);
  if (stop.aborted) return exitStatus.interrupted;
  if (preview.refusals.length > 0) return exitStatus.failed;
  const names = targets.map(memberName).join(" ");
  if (!yes && (await ask?.(`${countPreview(preview.members)}. Type ${names} to destroy: `))?.trim() !== names) {
    stderr.write("Nothing was destroyed.\n");
    return stop.aborted ? exitStatus.interrupted : exitStatus.failed;
  }

  const states = await session.phase(async (progress) => {
    await using processes = new ProviderProcesses(env, (text) => progress.line(text));
    await destroy(preview, { jobs, processes, stop, progress, verbose });
    return countStates(progress.members());
  });
  session.summarize(states);
  if (stop.aborted) return exitStatus.interrupted;
  return session.hasFailed ? exitStatus.failed : exitStatus.done;
}
