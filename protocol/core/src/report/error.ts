/** The parts of an error beside its sentence. */
export interface ProviderErrorOptions<Code extends string = string> {
  /** Stable name of this kind of failure, such as `postgres.role.missing`; docs/errors.md lists them all. */
  code: Code;
  /** The one action that solves it. */
  hint?: string;
  cause?: unknown;
}

/**
 * A failure that its reader can solve. Its message is only the reason ("role app does not exist"): the protocol puts
 * "Unable to create database shop: " in front. Any other kind of error is a bug and is reported as one.
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

/** The code of an error of Node or of a library, such as `ENOENT`; empty if it has none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

/** The words of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
