import { refuseChange, refuseImmutable } from "./converge.ts";
import { differences, type Difference } from "./difference.ts";
import { ProviderError } from "../report/error.ts";
import { claim } from "./ownership.ts";
import type { Listed } from "../resource/resource.ts";
import { FailedStep, step } from "./step.ts";
import { look, open, remembering, type AnySeen, type Task } from "./task.ts";
import type { Properties } from "../wire/wire.ts";

/** What is there now, and how it differs from the inputs. */
export async function inspect(task: Task): Promise<{ seen: AnySeen | undefined; changed: Difference[] }> {
  await using client = await open(task, "read");
  const seen = await look(client, task);
  return { seen, changed: seen === undefined ? [] : differences(task.want, seen.inputs) };
}

/** What apply would do. */
export interface Plan {
  action: "create" | "update" | "adopt" | "none" | "refuse";
  differences: Difference[];
  /** Why apply would refuse, with the hint; null where it would not. */
  reason: string | null;
}

/** What a create or update request would do, told without a client that could do it. */
export async function plan(given: Task, previous: Properties | undefined): Promise<Plan> {
  const task = remembering(given, previous);
  // As in converge, before anything is looked at: under another name there may be somebody else's.
  const beforehand = reasonOf(() => refuseImmutable(task, (name) => task.previous?.[name]));
  if (beforehand !== undefined) {
    return { action: "refuse", differences: differences(task.want, task.previous ?? {}), reason: beforehand };
  }
  const { seen, changed } = await inspect(task);
  const refusal = reasonToRefuse(task, seen);
  if (refusal !== undefined) return { action: "refuse", differences: changed, reason: refusal };
  if (seen === undefined) return { action: "create", differences: wholeOf(task), reason: null };
  if (claim(task.resource, task.want, seen.mark).kind === "adopt") {
    return { action: "adopt", differences: changed, reason: null };
  }
  return { action: changed.length > 0 ? "update" : "none", differences: changed, reason: null };
}

function reasonToRefuse(task: Task, seen: AnySeen | undefined): string | undefined {
  if (seen === undefined) return undefined;
  const claimed = claim(task.resource, task.want, seen.mark);
  if (claimed.kind === "refused") return inOneLine(claimed.error);
  return reasonOf(() => refuseChange(task, seen));
}

function reasonOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof FailedStep && error.cause instanceof ProviderError) return inOneLine(error.cause);
    throw error;
  }
}

/** Of a thing that is not there, all that is wanted is new. */
function wholeOf({ resource, want }: Task): Difference[] {
  return Object.keys(resource.inputs)
    .map((field) => ({ field, current: null, wanted: want[field] as unknown }))
    .filter(({ wanted }) => wanted !== null);
}

const inOneLine = ({ message, hint }: ProviderError): string => (hint === undefined ? message : `${message}. ${hint}`);

/** Everything of one type that bears the deployment's mark; empty for what cannot bear one. */
export async function list(task: Task): Promise<Listed[]> {
  const { resource, want, subject } = task;
  await using client = await open(task, "read");
  return await step("list", subject, async () => (await resource.list?.(client, want.managedBy)) ?? []);
}
