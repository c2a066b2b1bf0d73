/** What an error says beside its sentence. */
export interface ProviderErrorOptions<Code extends string = string> {
  /** Stable name of this kind of failure, such as `postgres.role.missing`; docs/errors.md lists them all. */
  code: Code;
  /** The one thing to do about it. */
  hint?: string;
  cause?: unknown;
}

/**
 * A failure that its reader can do something about. Its message is only the reason ("there is no role app"): the
 * protocol puts "Unable to create database shop: " in front. Any other kind of error is a bug and is reported as one.
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

/** What docs/errors.md says of each code. */
export type ErrorCatalogue = Record<string, { meaning: string; remedy: string }>;
