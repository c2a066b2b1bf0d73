import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import pLimit from "p-limit";
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
  /** Most members that are performed at the same time. */
  readonly jobs: number;
  /** Members (or composites) to perform, with what they need; empty for all. */
  readonly targets: readonly MemberPath[];
  /** Once aborted, nothing new is begun. */
  readonly stop: AbortSignal;
  /**
   * Does what is to be done to one member, whose state member (if any) was performed before. Returns its outputs, or
   * undefined where they stay unknown: whoever reads them is not performed. Must report its own failures.
   */
  perform(request: MemberRequest): Promise<JsonObject | undefined>;
  /** Gets the name of every resource that the run is about. */
  onMember(name: string): void;
}

export interface ScheduleResult {
  /** What could not be performed, each with its reason. */
  readonly blocked: readonly Unperformed[];
  /** Members that were performed with other inputs than the later outputs gave them. */
  readonly changed: readonly { readonly path: MemberPath; readonly inputs: readonly string[] }[];
  /** Outputs of all that was performed. */
  readonly known: ReadonlyMap<MemberKey, JsonObject>;
  /** What was performed, in an order in which each comes after what it needs. */
  readonly performed: readonly MemberRequest[];
}

export interface Unperformed {
  readonly path: MemberPath;
  readonly kind: Blocked["kind"];
  readonly reason: Explanation | { readonly kind: "state"; readonly member: MemberPath };
}

/** Most explanations asked for at once: each is a Nix of its own. */
const explanationsAtOnce = 2;

/**
 * Performs every member as soon as what it needs is known, evaluating again when something was learnt. A second
 * evaluation begins when the first one's time has passed once more, or when nothing else is left to wait for: so at
 * most half of the time of one processor goes into evaluations, and no member waits for the slowest of its wave.
 */
export async function schedule(options: ScheduleOptions): Promise<ScheduleResult> {
  const { evaluation, stop } = options;
  const slots = pLimit(options.jobs);
  const started = new Map<MemberKey, MemberRequest>();
  const performed = new Map<MemberKey, MemberRequest>();
  const known = new Map<MemberKey, JsonObject>();
  const running = new Set<Promise<void>>();
  const targets = [...options.targets];
  let ready: readonly MemberRequest[] = [];

  const isTarget = (path: MemberPath) => targets.length === 0 || targets.some((target) => isWithin(path, target));

  function startReady(): void {
    for (const request of ready) {
      const key = memberKey(request.path);
      const stateIsThere = request.state === null || performed.has(memberKey(request.state));
      if (started.has(key) || !stateIsThere || !isTarget(request.path)) continue;
      started.set(key, request);
      const task = slots(() => perform(key, request)).finally(() => {
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

  /** Outputs and states that the targets cannot do without. */
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

    ready = wave.ready;
    if (idle) requireTargets(options.targets, wave);
    for (const { path } of [...wave.ready, ...wave.blocked.filter(({ kind }) => kind === "resource")]) {
      if (isTarget(path)) options.onMember(memberName(path));
    }
    startReady();

    if (running.size > 0) {
      // Where nothing is blocked, nothing can become ready: the next evaluation only looks back.
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

/** Undefined where the run was stopped; what runs has ended then. */
async function evaluateUnlessStopped(
  { evaluation, stop }: ScheduleOptions,
  known: ReadonlyMap<MemberKey, JsonObject>,
  skip: ReadonlySet<MemberKey>,
  running: ReadonlySet<Promise<void>>,
): Promise<Wave | undefined> {
  try {
    if (!stop.aborted) return await evaluation.evaluate(known, skip);
  } catch (error) {
    // Ctrl-C ends the evaluator as well, whose error then says nothing.
    if (!stop.aborted) {
      await drained(running);
      throw error;
    }
  }
  await drained(running);
  return undefined;
}

/** Waits for what runs, and for what that lets begin. */
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
      return { path, kind, reason: reason ?? { kind: "error", text: "it can be evaluated alone only" } } as const;
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
