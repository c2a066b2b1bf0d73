import { writeStderr } from "../report/stderr.ts";
import type { Progress, Wait } from "../request/progress.ts";

/** Reports a wait on stderr: each request once with the name of its object, and then if `isDue`. */
export function reportWait(progress: Progress, { what }: Wait, seconds: number, isDue = (): boolean => true): void {
  if (progress.reported.has(what) && !isDue()) return;
  progress.reported.add(what);
  writeStderr(`${sentence(what, progress.subject)} (${seconds} s)`, { waiting: what, seconds });
}

/** A step names the object of the request itself. */
const sentence = (what: string, subject: string | undefined): string =>
  subject === undefined || what.includes(subject)
    ? `still waiting for ${what}`
    : `${subject} is still waiting for ${what}`;
