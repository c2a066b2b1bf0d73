import { waitFor } from "../patience/waiting.ts";

/** What a request is about, for its messages: `role app`. */
export interface Subject {
  type: string;
  label: string | undefined;
}

export const inWords = ({ type, label }: Subject): string =>
  label === undefined ? type.replaceAll("_", " ") : `${type.replaceAll("_", " ")} ${label}`;

/** One step of a request failed: the sentence "Unable to <verb> <subject>: <cause>." */
export class FailedStep extends Error {
  override readonly name = "FailedStep";
  readonly verb: string;
  readonly subject: Subject;

  constructor(verb: string, subject: Subject, cause: unknown) {
    super(`Unable to ${verb} ${inWords(subject)}`, { cause });
    this.verb = verb;
    this.subject = subject;
  }
}

/** Steps after which the backend may be another. */
const writing = new Set(["create", "update", "adopt", "release", "delete", "write to"]);

/** What the request in hand has written so far, in words for a person whose request ran out of time. */
let written = "nothing was written";
export const whatWasWritten = (): string => written;

/** Begins a request: nothing is written yet. */
export function beginSteps(): void {
  written = "nothing was written";
}

/** Does one step of a request; what it throws is told as "Unable to <verb> <subject>: ...". */
export async function step<T>(verb: string, subject: Subject, work: () => Promise<T>): Promise<T> {
  const writes = writing.has(verb);
  if (writes) written = "whether it took effect is unknown";
  try {
    const result = await waitFor(`${verb} ${inWords(subject)} to finish`, work);
    if (writes) written = "what was to be written is written";
    return result;
  } catch (error) {
    throw error instanceof FailedStep ? error : new FailedStep(verb, subject, error);
  }
}
