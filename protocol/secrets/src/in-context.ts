import { ProviderError } from "@nixops4-resources/protocol-core";

/** Does the work; a ProviderError of it says before its reason what could not be done because of it. */
export async function inContext<T>(words: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { code, hint, message } = error;
    throw new ProviderError(`${words}: ${message}`, { code, ...(hint !== undefined && { hint }), cause: error });
  }
}
