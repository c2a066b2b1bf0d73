import { waitFor } from "../patience/waiting.ts";
import { printableLine } from "../report/printable.ts";
import { currentContext } from "../request/context.ts";

/** The object of a request, as messages name it: `role app`. */
export interface Subject {
  type: string;
  label: string | undefined;
}

export const inWords = ({ type, label }: Subject): string =>
  printableLine(label === undefined ? type.replaceAll("_", " ") : `${type.replaceAll("_", " ")} ${label}`);

/** A step of a request failed. Reported as "Unable to <verb> <subject>: <cause>." */
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

/** Verbs that change the backend. */
const isWrite = (verb: string): boolean =>
  ["create", "update", "adopt", "release", "delete", "write to"].includes(verb);

/** Runs one step of a request. Its errors are reported as "Unable to <verb> <subject>: ...". */
export async function step<T>(verb: string, subject: Subject, work: () => Promise<T>): Promise<T> {
  const { progress } = currentContext();
  const writes = isWrite(verb);
  if (writes) progress.written = "whether the write took effect is unknown";
  try {
    const result = await waitFor(`${verb} ${inWords(subject)} to finish`, work);
    if (writes) progress.written = "the write was completed";
    return result;
  } catch (error) {
    throw error instanceof FailedStep ? error : new FailedStep(verb, subject, error);
  }
}
