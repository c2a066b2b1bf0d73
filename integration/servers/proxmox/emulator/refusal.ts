/** Errors of parameters: by their name, `name.subname` for a part of a property string. */
export type ParameterErrors = Readonly<Record<string, string>>;

/** An error with the status and the text of Proxmox VE. Source: PVE/Exception.pm */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly errors: ParameterErrors | undefined;
  /** Whether the answer has no body, as errors of authentication and of the proxy do. */
  readonly isBare: boolean;

  constructor(status: number, message: string, more: { errors?: ParameterErrors; isBare?: boolean } = {}) {
    super(message);
    this.status = status;
    this.errors = more.errors;
    this.isBare = more.isBare ?? false;
  }

  /** The text of the error inside another one, as of a task. A plain `die` has no status. */
  get asText(): string {
    if (this.status === 500) return this.message;
    const errors = Object.entries(this.errors ?? {}).map(([name, text]) => `\n${name}: ${text}`);
    return `${this.status} ${this.message}${errors.join("")}`;
  }
}

/** A plain error, as of Perl's `die`. Throw it. */
export const failure = (text: string): Refusal => new Refusal(500, text);

/** Wrong parameters. */
export const invalid = (errors: ParameterErrors): Refusal =>
  new Refusal(400, "Parameter verification failed.", { errors });

/** A privilege is missing. */
export const forbidden = (what?: string): Refusal =>
  new Refusal(403, `Permission check failed${what === undefined ? "" : ` (${what})`}`);

export const unauthorized = (reason: string): Refusal => new Refusal(401, reason, { isBare: true });

/** A rule that this emulator does not know: it refuses instead of guessing. */
export const notEmulated = (what: string): Refusal => failure(`not emulated: ${what}`);

/** The connection ends without an answer. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** The text of any error inside another one. */
export const textOf = (error: unknown): string =>
  error instanceof Refusal ? error.asText : error instanceof Error ? error.message : String(error);
