// Loaded on demand: a request that succeeds does not need it.
import { ProviderError } from "../report/error.ts";
import type { Mark } from "../resource/mark.ts";
import { somethingElse, type AnyResource } from "../resource/resource.ts";
import type { AnyWant } from "./inputs.ts";
import { FailedStep, type Subject } from "./step.ts";

/** Why an existing object with this mark must not be changed, and how to take it over. */
export function refusedClaim(resource: AnyResource, want: AnyWant, found: Mark | undefined): ProviderError {
  const otherwise = resource.insteadOfTakeover?.(want) ?? "give the resource another name";
  const refuse = (reason: string, code: string, setting: string, more = ""): ProviderError =>
    new ProviderError(reason, {
      code,
      hint: `Set \`${setting}\` on this resource to take it over, or ${otherwise}${more}`,
    });
  if (found === undefined)
    return refuse("it exists and carries no mark of a deployment", "protocol.ownership.unmarked", "adopt = true");
  const restore = resource.hintOfRestore?.(want, found.managedBy);
  return refuse(
    `the deployment ${found.managedBy} manages it, not ${want.managedBy}`,
    "protocol.ownership.foreign",
    `adoptFrom = ${JSON.stringify(found.managedBy)}`,
    restore === undefined ? "" : `. ${restore}`,
  );
}

/** An immutable input that differs from its present value, and how the type says to change it. */
export function refusedChange(resource: AnyResource, want: AnyWant, name: string, now: unknown): ProviderError {
  const hint: string | undefined = Object(resource.immutable)[name];
  return new ProviderError(`\`${name}\` cannot change in place from ${toText(now)} to ${toText(want[name])}`, {
    code: "protocol.immutable",
    ...(hint !== undefined && { hint }),
  });
}

/** A write had no lasting effect: there is a second writer, or the provider has a bug. */
export function unsettled(
  subject: Subject,
  reason: string,
  hint = "Apply again; another process may be changing it",
): FailedStep {
  return new FailedStep("settle", subject, new ProviderError(reason, { code: "protocol.unsettled", hint }));
}

/** What the look after a write found: nothing, an object without our mark, or inputs that still differ. */
export function withoutEffect(subject: Subject, exists: boolean, left: readonly string[]): FailedStep {
  if (!exists) return unsettled(subject, "it no longer exists right after it was written");
  if (left.length === 0) return unsettled(subject, "it does not carry this deployment's mark after it was written");
  return unsettled(subject, `the change of ${left.map((name) => `\`${name}\``).join(", ")} had no effect`);
}

/** Another process changed the mark before each of our writes. */
export const neverProven = (subject: Subject, times: number): FailedStep =>
  unsettled(
    subject,
    `its mark changed between look and write, ${times} times in a row`,
    "Find out which other deployment or process manages it, then apply again",
  );

const toText = (value: unknown): string => (value === somethingElse ? "another value" : JSON.stringify(value));
