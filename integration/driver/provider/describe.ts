import type * as z from "zod";
import { answers, type AnswerType } from "./answer.ts";
import { DriverError, ProviderFailure } from "../errors.ts";
import type { Provider } from "../evaluation/member.ts";
import type { Asking } from "./processes.ts";

export type ResourceTypes = z.output<typeof answers.describe.schema>["resourceTypes"];

/**
 * The resource types of a provider; none if it does not describe itself, as NixOps4's own providers. Throws DriverError if it
 * cannot be started.
 */
export async function describeProvider(provider: Provider, asking: Asking): Promise<ResourceTypes> {
  return (await askToDescribe(provider, answers.describe, asking))?.resourceTypes ?? {};
}

/** The same for all or some fields of the description; undefined if the provider does not describe itself. */
export async function askToDescribe<Description>(
  provider: Provider,
  type: AnswerType<Description>,
  asking: Asking,
): Promise<Description | undefined> {
  try {
    return (await asking.ask(provider, { describeProviderRequest: {} }, type)).answer;
  } catch (error) {
    const doesNotKnow =
      error instanceof ProviderFailure || (error instanceof DriverError && error.code === "driver.provider.ended");
    if (doesNotKnow) return undefined;
    throw error;
  }
}
