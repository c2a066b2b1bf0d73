import { ProviderError } from "@nixops4-resources/protocol-core";

/** Runs the work. If it throws a ProviderError, `words` are put before the reason. */
export async function inContext<T>(words: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { code, hint, message } = error;
    throw new ProviderError(`${words}: ${message}`, { code, ...(hint !== undefined && { hint }), cause: error });
  }
}
