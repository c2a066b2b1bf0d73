import { inspect, list, plan } from "./inspect.ts";
import { listSchema, parseInputs, type AnyWant } from "./inputs.ts";
import { outputsOf } from "./outputs.ts";
import type { AnyResource } from "./resource.ts";
import { step } from "./step.ts";
import type { Task } from "./task.ts";
import type { Properties } from "./wire.ts";

/** readResourceRequest: what is there now, and does it differ. */
export async function answerRead(task: Task): Promise<object> {
  const { seen, changed } = await inspect(task);
  return {
    exists: seen !== undefined,
    managedBy: seen?.mark?.managedBy ?? null,
    outputProperties: seen === undefined ? null : outputsOf(task, seen),
    differences: changed,
  };
}

/** planResourceRequest: what apply would do, field by field. */
export const answerPlan = (task: Task, previous: Properties | undefined): Promise<object> => plan(task, previous);

/** listResourcesRequest: everything that bears our mark for a deployment. */
export async function answerList(
  resource: AnyResource,
  raw: Properties,
  begin: (task: Task) => void,
): Promise<{ resources: object[] }> {
  const { type } = resource;
  const subject = { type, label: undefined };
  const want: AnyWant = await step("read inputs of", subject, () => parseInputs(resource, listSchema(resource), raw));
  const task = { resource, want, subject };
  begin(task);
  const resources = (await list(task)).map(({ label, inputs, mark }) => ({
    type,
    label,
    inputProperties: inputs,
    managedBy: mark.managedBy,
    adopted: mark.adopted === true,
  }));
  return { resources };
}
