import { writeFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { apply } from "./apply/apply.ts";
import { countPlans, plan, planAsJson, renderPlan, type MemberPlan } from "./apply/plan.ts";
import { forget, isStale } from "./apply/refresh.ts";
import { parseCommandLine, usage, type Command } from "./command-line.ts";
import { runDestroy } from "./destroy/run-destroy.ts";
import { describeFailure, UsageError } from "./errors.ts";
import { exitStatus, type ExitStatus } from "./session/exit-status.ts";
import { ProviderProcesses } from "./provider/processes.ts";
import { openVariables, openVariablesOf, record } from "./recording/record.ts";
import { readRecording } from "./recording/recording.ts";
import { Session } from "./session/session.ts";
import { countStates } from "./show/display.ts";
import { lockSource, nixDeployment, openSource } from "./session/source.ts";
import type { Surroundings } from "./session/surroundings.ts";

/** Runs one command line and shows every failure. */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<ExitStatus> {
  try {
    const command = parseCommandLine(argv);
    if (command.name === "help") {
      surroundings.stdout.write(usage);
      return exitStatus.done;
    }
    if (command.name === "record") return await runRecord(command, surroundings);
    if (command.name === "export") {
      // It loads what generates schemas, which no other command needs.
      const { runExport } = await import("./export/run-export.ts");
      return await runExport(command, surroundings);
    }
    if (command.name === "destroy") return await runDestroy(command, surroundings);
    return await runMembers(command, surroundings);
  } catch (error) {
    surroundings.stderr.write(`${describeFailure(error)}\n`);
    if (!(error instanceof UsageError)) return exitStatus.failed;
    surroundings.stderr.write("Hint: Run with --help.\n");
    return exitStatus.usage;
  }
}

async function runMembers(
  command: Extract<Command, { name: "apply" | "plan" | "refresh" }>,
  surroundings: Surroundings,
): Promise<ExitStatus> {
  using _ = command.lock ? await lockSource(command.source) : undefined;
  using session = new Session(surroundings.stderr);
  const { stop } = session;
  let { plans, states } = await session.phase(async (progress) => {
    await using evaluation = await openSource(command.source, surroundings, (line) => progress.line(line));
    const { jobs, targets, verbose, look } = command;
    await using processes = new ProviderProcesses(surroundings.env, (text) => progress.line(text));
    const options = { jobs, targets, verbose, evaluation, progress, processes, stop };
    if (command.name === "apply") await apply(options);
    const found: MemberPlan[] = command.name === "apply" ? [] : await plan({ ...options, look });
    return { plans: found, states: countStates(progress.members()) };
  });

  if (command.name === "refresh") plans = plans.filter(isStale);
  surroundings.stdout.write(command.json ? planAsJson(plans) : renderPlan(plans));
  if (command.name === "refresh" && !stop.aborted) plans = await forgetStale(plans, command.yes, surroundings, session);
  session.summarize(command.name === "apply" ? states : countPlans(plans));
  if (stop.aborted) return exitStatus.interrupted;
  if (session.hasFailed) return exitStatus.failed;
  return plans.some(({ action }) => action !== "none") ? exitStatus.differences : exitStatus.done;
}

/** Forgets the members after a yes. Returns those that remain. */
async function forgetStale(
  plans: readonly MemberPlan[],
  isAgreed: boolean,
  { ask, env, stderr }: Surroundings,
  session: Session,
): Promise<MemberPlan[]> {
  const stale = plans.filter(isStale);
  if (stale.length === 0) return [];
  const count = stale.length === 1 ? "this member" : `these ${stale.length} members`;
  if (!isAgreed) {
    if (ask === undefined) stderr.write("Nothing was forgotten: run with --yes to forget.\n");
    const answer = await ask?.(`Remove ${count} from the state? Their objects stay. [y/N] `);
    if (answer === undefined || !/^y(es)?$/i.test(answer.trim())) return stale;
  }
  const forgotten = await session.phase(async (progress) => {
    await using processes = new ProviderProcesses(env, (text) => progress.line(text));
    return await forget(stale, { processes, progress });
  });
  stderr.write(`${forgotten} forgotten: run apply to create or repair them\n`);
  return [];
}

async function runRecord(
  { file, open, output, check }: Extract<Command, { name: "record" }>,
  surroundings: Surroundings,
): Promise<ExitStatus> {
  const { env, stdout, stderr } = surroundings;
  const deployment = await nixDeployment(file, surroundings, (line) => stderr.write(`${line}\n`));
  if (check === undefined) {
    const recorded = `${JSON.stringify(await record(deployment, openVariables(open, env)), null, 2)}\n`;
    if (output === undefined) stdout.write(recorded);
    else await writeFile(output, recorded);
    return exitStatus.done;
  }
  const before = await readRecording(check);
  if (isDeepStrictEqual(before, await record(deployment, openVariablesOf(before)))) return exitStatus.done;
  stderr.write(`${check} differs from what ${file} evaluates to now.\nHint: Run \`record --output ${check}\`.\n`);
  return exitStatus.differences;
}
