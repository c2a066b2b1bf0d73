import type * as z from "zod";
import { answers } from "./answer.ts";
import { DriverError, ProviderFailure } from "../errors.ts";
import type { Provider } from "../evaluation/member.ts";
import type { Asking } from "./processes.ts";

export type ResourceTypes = z.output<typeof answers.describe.schema>["resourceTypes"];

/**
 * The resource types of a provider; none if it does not describe itself, as NixOps4's own providers. Throws DriverError if it
 * cannot be started.
 */
export async function describeProvider(provider: Provider, asking: Asking): Promise<ResourceTypes> {
  try {
    return (await asking.ask(provider, { describeProviderRequest: {} }, answers.describe)).answer.resourceTypes;
  } catch (error) {
    const doesNotKnow =
      error instanceof ProviderFailure || (error instanceof DriverError && error.code === "driver.provider.ended");
    if (doesNotKnow) return {};
    throw error;
  }
}
