import { ProviderError } from "../report/error.ts";
import { writeStderr } from "../report/stderr.ts";
import type { AnyWant } from "./inputs.ts";
import { inOneLine } from "./inspect.ts";
import { claim } from "./ownership.ts";
import { refusedClaim, unsettled } from "./refusals.ts";
import type { Mark } from "../resource/mark.ts";
import type { AnyResource } from "../resource/resource.ts";
import { FailedStep, inWords, step } from "./step.ts";
import { look, open, untilProven, type AnySeen, type Client, type Task } from "./task.ts";

/** Deletes the object, or removes only our mark with `retain`. Succeeds if an earlier request already did that. */
export async function destroy(whole: Task): Promise<"deleted" | "retained" | "unchanged"> {
  const task = withoutSecrets(whole);
  await using client = await open(task, "write");
  return await untilProven(task, () => destroyOnce(client, task));
}

async function destroyOnce(client: Client, task: Task): ReturnType<typeof destroy> {
  const { resource, want, subject } = task;
  const seen = await look(client, task);
  if (seen === undefined) {
    const removed = await step(
      "delete",
      subject,
      async () => (await resource.removeUnfinished?.(client, want)) ?? false,
    );
    if (removed) return "deleted";
    const msg = `${inWords(subject)} does not exist, so there is nothing to delete`;
    writeStderr(msg, { level: "info", msg, ...subject });
    return "unchanged";
  }

  const fate = fateOf(task, seen);
  if (fate.action === "refuse") throw new FailedStep("delete", subject, fate.error);
  if (fate.action === "retain") {
    // A destroy that was repeated finds no mark any more.
    if (fate.isOurs) await step("release", subject, async () => resource.setMark?.(client, want, undefined, seen.mark));
    return "retained";
  }
  await step("delete", subject, () => resource.delete(client, want, seen));
  // A type without marks manages a part of another object, and its `delete` has verified the result.
  if (resource.setMark === undefined) return "deleted";
  const left = await look(client, task);
  // Another deployment may have created its own object of this name since.
  if (left?.mark?.managedBy === want.managedBy) throw unsettled(subject, "it still exists after it was deleted");
  return "deleted";
}

/** The action that a destroy would take. */
export interface DestroyPlan {
  /** `none` if the object does not exist. */
  action: Fate["action"] | "none";
  /** Why a destroy would retain the object or refuse, with the hint, or what else it would change; otherwise null. */
  reason: string | null;
}

/** Predicts what a destroy request would do. Its client has no method that writes. */
export async function planDestroy(whole: Task): Promise<DestroyPlan> {
  const task = withoutSecrets(whole);
  await using client = await open(task, "read");
  const seen = await look(client, task);
  if (seen === undefined) return { action: "none", reason: null };
  const fate = fateOf(task, seen);
  if (fate.action === "refuse") return { action: "refuse", reason: inOneLine(fate.error) };
  if (fate.action === "retain") return { action: "retain", reason: fate.because };
  const { resource, want, subject } = task;
  const more = await step("plan the destroy of", subject, async () => resource.planDelete?.(client, want, seen));
  return { action: "delete", reason: more ?? null };
}

type Fate =
  | { action: "delete" }
  | { action: "retain"; isOurs: boolean; because: string }
  | { action: "refuse"; error: ProviderError };

/** What a destroy does with an existing object. */
function fateOf({ resource, want }: Task, { mark }: AnySeen): Fate {
  const retained = whyRetained(resource, want, mark);
  const claimed = claim(resource, { ...want, adopt: false, adoptFrom: null }, mark);
  if (claimed.kind === "ours") {
    return retained === undefined ? { action: "delete" } : { action: "retain", isOurs: true, because: retained };
  }
  if (retained !== undefined && mark === undefined) return { action: "retain", isOurs: false, because: retained };
  const { message, code } = refusedClaim(resource, want, mark);
  const hint = mark
    ? `Destroy it from the deployment ${mark.managedBy}`
    : "Delete the object manually, since no deployment manages it";
  return { action: "refuse", error: new ProviderError(message, { code, hint }) };
}

/** Why a destroy only removes the mark; undefined if it deletes the object. */
function whyRetained(
  resource: AnyResource,
  { deletion, adopt, adoptFrom }: AnyWant,
  mark: Mark | undefined,
): string | undefined {
  if (deletion !== null) return deletion === "retain" ? "`deletion` is `retain`" : undefined;
  // Without a mark: an earlier destroy, whose answer nobody got, may have released it.
  if (mark === undefined ? adopt || adoptFrom !== null : mark.adopted) return "it was adopted";
  return resource.retainedByDefault ? "its type is retained unless `deletion` is `delete`" : undefined;
}

/** Destroying needs no secret of the resource itself, and the secret's file may already be gone. */
function withoutSecrets(task: Task): Task {
  const { secret = [], inputs } = task.resource;
  const want = { ...task.want };
  for (const name of secret) if (inputs[name].safeParse(null).success) want[name] = null;
  return { ...task, want, destroys: true };
}
