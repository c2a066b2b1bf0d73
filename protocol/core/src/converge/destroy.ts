import { unsettled } from "./converge.ts";
import { ProviderError } from "../report/error.ts";
import { claim } from "./ownership.ts";
import { FailedStep, step } from "./step.ts";
import { look, open, type Task } from "./task.ts";

/** Removes the thing, or with `retain` only our mark from it. Succeeds where that was done before. */
export async function destroy(whole: Task): Promise<"deleted" | "retained"> {
  const task = withoutSecrets(whole);
  const { resource, want, subject } = task;
  await using client = await open(task, "write");
  const seen = await look(client, task);
  if (seen === undefined) {
    await step("delete", subject, async () => resource.removeUnfinished?.(client, want));
    return "deleted";
  }

  const retain = (want.deletion ?? (seen.mark?.adopted ? "retain" : "delete")) === "retain";
  const claimed = claim(resource, { ...want, adopt: false, adoptFrom: null }, seen.mark);
  if (claimed.kind !== "ours") {
    if (retain && seen.mark === undefined) return "retained";
    const { message, code } = claimed.kind === "refused" ? claimed.error : { message: "it is not ours", code: "" };
    const hint = "Only the deployment whose mark it bears can destroy it; what bears none is removed by hand";
    throw new FailedStep("delete", subject, new ProviderError(message, { code, hint }));
  }
  if (retain) {
    await step("release", subject, async () => resource.setMark?.(client, want, undefined));
    return "retained";
  }
  await step("delete", subject, () => resource.delete(client, want, seen));
  // What cannot bear a mark is a part of an object that stays: its delete looked itself.
  if (resource.setMark !== undefined && (await look(client, task)) !== undefined) {
    throw unsettled(task, "it is still there after it was deleted");
  }
  return "deleted";
}

/** Destroying needs no secret of the thing itself, and who destroys it may have removed its secret's file first. */
function withoutSecrets(task: Task): Task {
  const { secret = [], inputs } = task.resource;
  const want = { ...task.want };
  for (const name of secret) if (inputs[name].safeParse(null).success) want[name] = null;
  return { ...task, want, destroys: true };
}
