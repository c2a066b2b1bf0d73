import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import pLimit from "p-limit";
import PQueue from "p-queue";
import { DriverError } from "../errors.ts";
import type { Blocked, Evaluation, Explanation, Wave } from "../evaluation/evaluation.ts";
import type { JsonObject } from "../json.ts";
import {
  isWithin,
  memberKey,
  memberName,
  type MemberKey,
  type MemberPath,
  type MemberRequest,
} from "../evaluation/member.ts";

export interface ScheduleOptions {
  readonly evaluation: Evaluation;
  /** Maximum number of members that are performed concurrently. */
  readonly jobs: number;
  /** Members (or composites) to perform, together with their dependencies; empty for all. */
  readonly targets: readonly MemberPath[];
  /** When aborted, no other member starts. */
  readonly stop: AbortSignal;
  /**
   * Performs one member after its state member, if any. Returns its outputs, or undefined if they stay unknown; members
   * that read them are then not performed. Must report its own failures.
   */
  perform(request: MemberRequest): Promise<JsonObject | undefined>;
  /** Receives the members whose inputs are known, before any of them is performed. */
  onReady?(ready: readonly MemberRequest[]): Promise<void>;
  /** Receives the name of every resource of the run. */
  onMember(name: string): void;
}

export interface ScheduleResult {
  /** Members that could not be performed, each with its reason. */
  readonly blocked: readonly Unperformed[];
  /** Members whose inputs changed after they were performed, when more outputs were known. */
  readonly changed: readonly { readonly path: MemberPath; readonly inputs: readonly string[] }[];
  /** Outputs of all performed members. */
  readonly known: ReadonlyMap<MemberKey, JsonObject>;
  /** Performed members, each after its dependencies. */
  readonly performed: readonly MemberRequest[];
}

export interface Unperformed {
  readonly path: MemberPath;
  readonly kind: Blocked["kind"];
  readonly reason: Explanation | { readonly kind: "state"; readonly member: MemberPath };
}

/** Maximum number of concurrent explanations: each is a Nix process. */
const explanationsAtOnce = 2;

/**
 * Performs every member as soon as its inputs are known, and evaluates again when new outputs are known. The next
 * evaluation starts after a pause as long as the last evaluation, or at once if nothing is running. So evaluations take
 * at most half of one processor, and no member waits for the slowest of its wave. Members of later waves start first: they
 * are at the end of longer chains, and different kinds of work overlap.
 */
export async function schedule(options: ScheduleOptions): Promise<ScheduleResult> {
  const { evaluation, stop } = options;
  const slots = new PQueue({ concurrency: options.jobs });
  const started = new Map<MemberKey, MemberRequest>();
  const performed = new Map<MemberKey, MemberRequest>();
  const known = new Map<MemberKey, JsonObject>();
  const running = new Set<Promise<void>>();
  const targets = [...options.targets];
  let ready: readonly MemberRequest[] = [];
  let waves = 0;

  const isTarget = (path: MemberPath) => targets.length === 0 || targets.some((target) => isWithin(path, target));

  function startReady(): void {
    for (const request of ready) {
      const key = memberKey(request.path);
      const stateIsThere = request.state === null || performed.has(memberKey(request.state));
      if (started.has(key) || !stateIsThere || !isTarget(request.path)) continue;
      started.set(key, request);
      const task = slots
        .add(() => perform(key, request), { priority: waves })
        .finally(() => {
          running.delete(task);
          startReady();
        });
      running.add(task);
    }
  }

  async function perform(key: MemberKey, request: MemberRequest): Promise<void> {
    if (stop.aborted) return;
    const outputs = await options.perform(request);
    if (outputs !== undefined) known.set(key, outputs);
    performed.set(key, request);
  }

  /** Outputs and states that the targets need. */
  function widenTargets(blocked: readonly Unperformed[]): boolean {
    const needed = blocked.flatMap(({ reason }) =>
      reason.kind === "needs" || reason.kind === "state" ? [reason.member] : [],
    );
    const missing = needed.filter((path) => !isTarget(path));
    targets.push(...missing);
    return missing.length > 0;
  }

  for (;;) {
    const idle = running.size === 0;
    const before = performance.now();
    const wave = await evaluateUnlessStopped(options, known, idle ? new Set() : new Set(started.keys()), running);
    if (wave === undefined) return { blocked: [], changed: [], known, performed: [...performed.values()] };
    const evaluationMs = performance.now() - before;

    if (idle) requireTargets(options.targets, wave);
    for (const { path } of [...wave.ready, ...wave.blocked.filter(({ kind }) => kind === "resource")]) {
      if (isTarget(path)) options.onMember(memberName(path));
    }
    await options.onReady?.(wave.ready);
    ready = wave.ready;
    waves++;
    startReady();

    if (running.size > 0) {
      // If nothing is blocked, nothing can become ready: the next evaluation only verifies.
      if (wave.blocked.length > 0) {
        await Promise.race(running);
        await Promise.race([drained(running), sleep(evaluationMs)]);
      } else {
        await drained(running);
      }
    } else if (idle) {
      const blocked = await unperformed(wave, started, known, evaluation, (path) => concerns(path, targets));
      if (targets.length > 0 && widenTargets(blocked)) continue;
      return { blocked, changed: changes(wave, started), known, performed: [...performed.values()] };
    }
  }
}

/** Undefined if the run was stopped; no member is running then. */
async function evaluateUnlessStopped(
  { evaluation, stop }: ScheduleOptions,
  known: ReadonlyMap<MemberKey, JsonObject>,
  skip: ReadonlySet<MemberKey>,
  running: ReadonlySet<Promise<void>>,
): Promise<Wave | undefined> {
  try {
    if (!stop.aborted) return await evaluation.evaluate(known, skip);
  } catch (error) {
    // Ctrl-C ends the evaluator too; its error is then irrelevant.
    if (!stop.aborted) {
      await drained(running);
      throw error;
    }
  }
  await drained(running);
  return undefined;
}

/** Waits for the running members, and for those that start when they end. */
async function drained(running: ReadonlySet<Promise<void>>): Promise<void> {
  while (running.size > 0) await Promise.race(running);
}

function requireTargets(targets: readonly MemberPath[], { ready, blocked }: Wave): void {
  const paths = [...ready, ...blocked].map(({ path }) => path);
  const missing = targets.find(
    (target) =>
      !paths.some((path) => isWithin(path, target)) &&
      !blocked.some(({ kind, path }) => kind === "members" && isWithin(target, path)),
  );
  if (missing === undefined) return;
  throw new DriverError(
    "driver.member.unknown",
    `Unable to find member ${memberName(missing)}: the deployment has ${paths.map(memberName).sort().join(", ") || "none"}.`,
  );
}

function concerns(path: MemberPath, targets: readonly MemberPath[]): boolean {
  return targets.length === 0 || targets.some((target) => isWithin(path, target) || isWithin(target, path));
}

async function unperformed(
  { ready, blocked }: Wave,
  started: ReadonlyMap<MemberKey, MemberRequest>,
  known: ReadonlyMap<MemberKey, JsonObject>,
  evaluation: Evaluation,
  isMeant: (path: MemberPath) => boolean,
): Promise<Unperformed[]> {
  const explaining = pLimit(explanationsAtOnce);
  const explained = await explaining.map(
    blocked.filter(({ path }) => isMeant(path)),
    async ({ path, kind }) => {
      const reason = await evaluation.explain(path, known);
      return { path, kind, reason: reason ?? { kind: "error", text: "it can be evaluated only alone" } } as const;
    },
  );
  const withoutState = ready.flatMap(({ path, state }) =>
    state === null || started.has(memberKey(path)) || !isMeant(path)
      ? []
      : [{ path, kind: "resource", reason: { kind: "state", member: state } } as const],
  );
  return [...explained, ...withoutState];
}

function changes({ ready }: Wave, started: ReadonlyMap<MemberKey, MemberRequest>): ScheduleResult["changed"] {
  return ready.flatMap((request) => {
    const earlier = started.get(memberKey(request.path));
    if (earlier === undefined || isDeepStrictEqual(earlier, request)) return [];
    const names = new Set([...Object.keys(earlier.inputs), ...Object.keys(request.inputs)]);
    const inputs = [...names].filter((name) => !isDeepStrictEqual(earlier.inputs[name], request.inputs[name]));
    return [{ path: request.path, inputs }];
  });
}
