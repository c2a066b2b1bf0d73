import { differences } from "./difference.ts";
import type { Mark } from "../resource/mark.ts";
import { outputsOf } from "./outputs.ts";
import { claim, type PermittedClaim } from "./ownership.ts";
import { AlreadyExists } from "../resource/resource.ts";
import { FailedStep, step } from "./step.ts";
import { look, open, remembering, untilProven, type AnySeen, type Client, type Task } from "./task.ts";
import type { Properties } from "../wire/wire.ts";

/**
 * Looks, then creates, updates or refuses, then looks again: the only path of create and update requests. The same call
 * continues from anything that an earlier, killed process left behind (docs/adr/001-converge.md).
 */
export async function converge(
  given: Task,
  previous: Properties | undefined,
): Promise<{ outcome: "created" | "updated" | "adopted" | "unchanged"; outputs: Properties }> {
  const task = remembering(given, previous);
  await refuseImmutable(task, (name) => task.previous?.[name]);
  await using client = await open(task, "write");
  return await untilProven(task, () => convergeOnce(client, task));
}

async function convergeOnce(client: Client, task: Task): ReturnType<typeof converge> {
  const found = (await look(client, task)) ?? (await create(client, task));
  const outcome = found === undefined ? "created" : await adjust(client, task, found);
  // If nothing was written, the first look is still valid.
  const settled = found !== undefined && outcome === "unchanged" ? found : await lookAgain(client, task);
  return { outcome, outputs: outputsOf(task, settled) };
}

/** Undefined if it was created; the existing object if another process created it first. */
async function create(client: Client, task: Task): Promise<AnySeen | undefined> {
  const { resource, want, subject } = task;
  const mark = ours(task);
  for (let tries = 1; ; tries++) {
    try {
      await step("create", subject, () => resource.create(client, want, mark));
      return undefined;
    } catch (error) {
      if (!(error instanceof FailedStep && error.cause instanceof AlreadyExists) || tries === 3) throw error;
      const seen = await look(client, task);
      if (seen !== undefined) return seen;
    }
  }
}

async function adjust(client: Client, task: Task, seen: AnySeen): Promise<"updated" | "adopted" | "unchanged"> {
  const { resource, want, subject } = task;
  const claimed = await claimOrRefuse(task, seen);
  const isAdoption = claimed.kind === "adopt";
  if (isAdoption) await step("adopt", subject, async () => resource.setMark?.(client, want, claimed.mark, seen.mark));

  const changed = new Set(differences(want, seen.inputs).map(({ field }) => field));
  const mark = isAdoption ? claimed.mark : (seen.mark ?? ours(task));
  if (changed.size > 0) await step("update", subject, () => resource.update(client, want, { changed, seen, mark }));
  if (isAdoption) return "adopted";
  return changed.size > 0 ? "updated" : "unchanged";
}

const ours = ({ resource, want }: Task): Mark => ({ managedBy: want.managedBy, type: resource.type });

/** The look after a write. Any remaining difference means that the write had no effect. */
async function lookAgain(client: Client, task: Task): Promise<AnySeen> {
  const { resource, want, subject } = task;
  const seen = await look(client, task);
  const isMarked = resource.setMark === undefined || seen?.mark?.managedBy === want.managedBy;
  const left = seen === undefined ? [] : differences(want, seen.inputs).map(({ field }) => field);
  if (seen === undefined || !isMarked || left.length > 0) {
    throw (await import("./refusals.ts")).withoutEffect(subject, seen !== undefined, isMarked ? left : []);
  }
  return seen;
}

/** The claim on an existing object. Throws if apply must refuse it, or a change of it, before anything is written. */
export async function claimOrRefuse(task: Task, seen: AnySeen): Promise<PermittedClaim> {
  const { resource, want, subject } = task;
  const claimed = claim(resource, want, seen.mark);
  if (claimed.kind === "refused") {
    throw new FailedStep("update", subject, (await import("./refusals.ts")).refusedClaim(resource, want, seen.mark));
  }
  await refuseImmutable(task, (name) => seen.inputs[name]);
  const lost = claimed.kind === "adopt" ? resource.lowering?.refuse(want, seen.inputs) : undefined;
  const refusal = resource.refuse?.(want, seen) ?? lost;
  if (refusal !== undefined) throw new FailedStep("update", subject, refusal);
  return claimed;
}

/** Refuses a changed immutable input before anything is written. `current` returns its present value, undefined if unknown. */
export async function refuseImmutable(
  { resource, want, subject }: Task,
  current: (name: string) => unknown,
): Promise<void> {
  for (const name of Object.keys(resource.immutable)) {
    const now = current(name);
    if (now === undefined || differences(want, { [name]: now }).length === 0) continue;
    throw new FailedStep("update", subject, (await import("./refusals.ts")).refusedChange(resource, want, name, now));
  }
}
