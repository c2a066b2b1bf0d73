import { realpath, writeFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { Nix } from "@nixops4-resources/integration-nix/find-nix";
import type { NoNix } from "@nixops4-resources/integration-nix/nix-program";
import { apply, type RunOptions } from "./apply/apply.ts";
import { parseCommandLine, usage, type Command, type Source } from "./command-line.ts";
import { countStates, createDisplay, type Screen } from "./show/display.ts";
import { describeFailure, DriverError, reasonOf, UsageError } from "./errors.ts";
import { evaluate, type NixDeployment } from "./evaluation/evaluate.ts";
import type { Evaluation } from "./evaluation/evaluation.ts";
import { listenForInterruption } from "./interruption.ts";
import { countPlans, plan, renderPlan, type MemberPlan } from "./apply/plan.ts";
import { forget, isStale } from "./apply/refresh.ts";
import { Progress } from "./show/progress.ts";
import { openVariables, openVariablesOf, record } from "./recording/record.ts";
import { readRecording, replay } from "./recording/recording.ts";
import { holdLock } from "./run-lock.ts";

/** The parts of the process that a run uses. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Receives results: a plan, a recording. */
  readonly stdout: NodeJS.WritableStream;
  /** Receives progress and failures. */
  readonly stderr: Screen;
  /** Asks a person for a yes. Undefined if nobody can answer. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
  /** Called only if the command evaluates a deployment. */
  readonly findNix: () => Promise<Nix | NoNix>;
}

export const exitStatus = { done: 0, failed: 1, differences: 2, usage: 3, interrupted: 130 } as const;
export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** Runs one command line and shows every failure. */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<ExitStatus> {
  try {
    const command = parseCommandLine(argv);
    if (command.name === "help") {
      surroundings.stdout.write(usage);
      return exitStatus.done;
    }
    if (command.name === "record") return await runRecord(command, surroundings);
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
  const { stderr } = surroundings;
  const startedAt = performance.now();
  using _ = command.lock ? await lockSource(command.source) : undefined;
  const display = await createDisplay(stderr);
  const progress = new Progress(display);
  using interruption = listenForInterruption(
    () =>
      progress.line(
        "Interrupted: running members finish, no other member starts. Press Ctrl-C again to quit immediately.",
      ),
    () => {
      display.end();
      stderr.write("Quit immediately: the result of the running members is unknown.\n");
      process.exit(exitStatus.interrupted);
    },
  );
  let plans: MemberPlan[] = [];
  try {
    await using evaluation = await openSource(command.source, surroundings, (line) => progress.line(line));
    const { jobs, targets, verbose } = command;
    const options: RunOptions = {
      jobs,
      targets,
      verbose,
      evaluation,
      progress,
      env: surroundings.env,
      stop: interruption.signal,
    };
    if (command.name === "apply") await apply(options);
    else plans = await plan({ ...options, look: command.look });
  } finally {
    display.end();
  }

  if (command.name === "refresh") plans = plans.filter(isStale);
  surroundings.stdout.write(renderPlan(plans));
  if (command.name === "refresh" && !interruption.signal.aborted) {
    plans = await forgetStale(plans, command.yes, surroundings, progress);
  }
  for (const { name, message } of progress.failures) {
    stderr.write(`\nFailed: ${name}\n${message.replaceAll(/^/gm, "  ")}\n`);
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const summary = command.name === "apply" ? countStates(progress.members()) : countPlans(plans);
  stderr.write(`${summary || "No member"}, in ${seconds} s\n`);
  if (interruption.signal.aborted) return exitStatus.interrupted;
  if (progress.failures.length > 0) return exitStatus.failed;
  return plans.some(({ action }) => action !== "none") ? exitStatus.differences : exitStatus.done;
}

/** Forgets the members after a yes. Returns those that remain. */
async function forgetStale(
  plans: readonly MemberPlan[],
  isAgreed: boolean,
  { confirm, env, stderr }: Surroundings,
  progress: Progress,
): Promise<MemberPlan[]> {
  const stale = plans.filter(isStale);
  if (stale.length === 0) return [];
  const count = stale.length === 1 ? "this member" : `these ${stale.length} members`;
  if (!isAgreed && confirm === undefined) stderr.write("Nothing was forgotten: run with --yes to forget.\n");
  if (!isAgreed && (await confirm?.(`Remove ${count} from the state? Their objects stay. [y/N] `)) !== true)
    return stale;
  const forgotten = await forget(stale, { env, progress });
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

/** Prevents two applies of one deployment, which would start the same providers concurrently. */
async function lockSource({ file }: Source): Promise<Disposable> {
  try {
    return await holdLock(await realpath(file));
  } catch (error) {
    if (error instanceof DriverError) throw error;
    throw new UsageError(`Unable to find the deployment ${file}: ${reasonOf(error)}.`, { cause: error });
  }
}

async function openSource(
  { kind, file }: Source,
  surroundings: Surroundings,
  onMessage: (line: string) => void,
): Promise<Evaluation> {
  if (kind === "recording") return replay(await readRecording(file), surroundings.env);
  return evaluate(await nixDeployment(file, surroundings, onMessage));
}

async function nixDeployment(
  file: string,
  { env, findNix }: Surroundings,
  onMessage: (line: string) => void,
): Promise<NixDeployment> {
  const nix = await findNix();
  if ("missing" in nix) {
    throw new DriverError("driver.nix.missing", `Unable to evaluate ${file}: ${nix.missing}. ${nix.hint}`);
  }
  return { nixInstantiate: nix.instantiate, file, env: { ...env, ...nix.environment }, onMessage };
}
