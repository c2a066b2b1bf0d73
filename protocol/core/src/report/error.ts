/** The parts of an error besides its message. */
export interface ProviderErrorOptions<Code extends string = string> {
  /** Stable name of this kind of failure, such as `postgres.role.missing`; docs/errors.md lists them all. */
  code: Code;
  /** One action, in the imperative, that solves the problem. */
  hint?: string;
  cause?: unknown;
}

/**
 * A failure that the user can resolve. Its message is only the reason ("role app does not exist"); the protocol adds
 * "Unable to create database shop: " in front. Every other kind of error is reported as a bug.
 */
export class ProviderError<Code extends string = string> extends Error {
  override readonly name = "ProviderError";
  readonly code: Code;
  readonly hint: string | undefined;

  constructor(reason: string, { code, hint, cause }: ProviderErrorOptions<Code>) {
    super(reason, { cause });
    this.code = code;
    this.hint = hint;
  }
}

/** Meaning and remedy of each code, as docs/errors.md lists them. */
export type ErrorCatalogue = Record<string, { meaning: string; remedy: string }>;

/** The code of an error of Node or of a library, such as `ENOENT`; empty if the error has no code. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

/** The message of a thrown value. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
