import { unsettled } from "./converge.ts";
import { ProviderError } from "../report/error.ts";
import { writeStderr } from "../report/stderr.ts";
import { claim } from "./ownership.ts";
import { FailedStep, inWords, step } from "./step.ts";
import { look, open, untilProven, type Client, type Task } from "./task.ts";

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

  const usual = seen.mark?.adopted || resource.retainedByDefault ? "retain" : "delete";
  const retain = (want.deletion ?? usual) === "retain";
  const claimed = claim(resource, { ...want, adopt: false, adoptFrom: null }, seen.mark);
  if (claimed.kind !== "ours") {
    if (retain && seen.mark === undefined) return "retained";
    const { message, code } = claimed.kind === "refused" ? claimed.error : { message: "it is not ours", code: "" };
    const hint = seen.mark
      ? `Destroy it from the deployment ${seen.mark.managedBy}`
      : "Delete the object manually, since no deployment manages it";
    throw new FailedStep("delete", subject, new ProviderError(message, { code, hint }));
  }
  if (retain) {
    await step("release", subject, async () => resource.setMark?.(client, want, undefined, seen.mark));
    return "retained";
  }
  await step("delete", subject, () => resource.delete(client, want, seen));
  // A type without marks manages a part of another object, and its `delete` has verified the result.
  if (resource.setMark === undefined) return "deleted";
  const left = await look(client, task);
  // Another deployment may have created its own object of this name since.
  if (left?.mark?.managedBy === want.managedBy) throw unsettled(task, "it still exists after it was deleted");
  return "deleted";
}

/** Destroying needs no secret of the resource itself, and the secret's file may already be gone. */
function withoutSecrets(task: Task): Task {
  const { secret = [], inputs } = task.resource;
  const want = { ...task.want };
  for (const name of secret) if (inputs[name].safeParse(null).success) want[name] = null;
  return { ...task, want, destroys: true };
}
