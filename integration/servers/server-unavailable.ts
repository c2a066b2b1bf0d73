/**
 * A server is not available on this machine, with the reason. Its tests are skipped; in CI they fail, unless the server is
 * optional.
 */
export class ServerUnavailable extends Error {
  override readonly name = "ServerUnavailable";
  readonly isOptional: boolean;

  constructor(message: string, { isOptional = false, ...options }: ErrorOptions & { isOptional?: boolean } = {}) {
    super(message, options);
    this.isOptional = isOptional;
  }
}

/** Whether the tests of a server that did not start are skipped. */
export const isSkipped = (error: unknown): error is ServerUnavailable =>
  error instanceof ServerUnavailable && (error.isOptional || process.env["CI"] === undefined);

/** For tests that take minutes: without WHOLE_CONTRACT=1 they are skipped, also in CI. */
export function requireWholeContract(): void {
  if (process.env["WHOLE_CONTRACT"] === "1") return;
  throw new ServerUnavailable("WHOLE_CONTRACT=1 runs them, since they take minutes", { isOptional: true });
}
