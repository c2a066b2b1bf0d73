import { claimOrRefuse, refuseImmutable } from "./converge.ts";
import { differences, type Difference } from "./difference.ts";
import { ProviderError } from "../report/error.ts";
import { claim } from "./ownership.ts";
import type { Listed } from "../resource/resource.ts";
import { FailedStep, step } from "./step.ts";
import { look, open, remembering, type AnySeen, type Task } from "./task.ts";
import type { Properties } from "../wire/wire.ts";

/** Reads what exists and how it differs from the inputs. */
export async function inspect(task: Task): Promise<{ seen: AnySeen | undefined; changed: Difference[] }> {
  await using client = await open(task, "read");
  const seen = await look(client, task);
  return { seen, changed: seen === undefined ? [] : differences(task.want, seen.inputs) };
}

/** The action that apply would take. */
export interface Plan {
  action: "create" | "update" | "adopt" | "none" | "refuse";
  differences: Difference[];
  /** Why apply would refuse, with the hint; null if it would not. */
  reason: string | null;
}

/** Predicts what a create or update request would do. Its client has no method that writes. */
export async function plan(given: Task, previous: Properties | undefined): Promise<Plan> {
  const task = remembering(given, previous);
  // As in converge, before any look: a different name may belong to somebody else's object.
  const beforehand = await reasonOf(() => refuseImmutable(task, (name) => task.previous?.[name]));
  if (beforehand !== undefined) {
    return { action: "refuse", differences: differences(task.want, task.previous ?? {}), reason: beforehand };
  }
  const { seen, changed } = await inspect(task);
  if (seen === undefined) return { action: "create", differences: allInputs(task), reason: null };
  const refusal = await reasonOf(() => claimOrRefuse(task, seen));
  if (refusal !== undefined) return { action: "refuse", differences: changed, reason: refusal };
  if (claim(task.resource, task.want, seen.mark).kind === "adopt") {
    return { action: "adopt", differences: changed, reason: null };
  }
  return { action: changed.length > 0 ? "update" : "none", differences: changed, reason: null };
}

async function reasonOf(check: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    if (error instanceof FailedStep && error.cause instanceof ProviderError) return inOneLine(error.cause);
    throw error;
  }
}

/** For an object that does not exist, every wanted value is a difference. */
function allInputs({ resource, want }: Task): Difference[] {
  return Object.keys(resource.inputs)
    .map((field) => ({ field, current: null, wanted: want[field] as unknown }))
    .filter(({ wanted }) => wanted !== null);
}

/** An error and its hint, without its code. */
export const inOneLine = ({ message, hint }: ProviderError): string =>
  hint === undefined ? message : `${message}. ${hint}`;

/** All objects of one type that carry the deployment's mark; none for a type that has no marks. */
export async function list(task: Task): Promise<Listed[]> {
  const { resource, want, subject } = task;
  await using client = await open(task, "read");
  return await step("list", subject, async () => (await resource.list?.(client, want.managedBy)) ?? []);
}
