import { asciiLower } from "./letter-case.ts";

/** Truth of a condition in SQL: null if a value is null. */
export type Truth = boolean | null;

/** Whether SQL finds a row. */
export type Filter<Subject> = (subject: Subject) => Truth;

export const always: Filter<unknown> = () => true;
export const never: Filter<unknown> = () => false;

export const and =
  <Subject>(filters: readonly Filter<Subject>[]): Filter<Subject> =>
  (subject) => {
    const truths = filters.map((filter) => filter(subject));
    if (truths.includes(false)) return false;
    return truths.includes(null) ? null : true;
  };

export const or =
  <Subject>(filters: readonly Filter<Subject>[]): Filter<Subject> =>
  (subject) => {
    const truths = filters.map((filter) => filter(subject));
    if (truths.includes(true)) return true;
    return truths.includes(null) ? null : false;
  };

export const not =
  <Subject>(filter: Filter<Subject>): Filter<Subject> =>
  (subject) => {
    const truth = filter(subject);
    return truth === null ? null : !truth;
  };

/** SQLite's LIKE, which ignores the case of ASCII letters. */
export function like(text: string, pattern: string): boolean {
  const expression = asciiLower(pattern)
    .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll("%", ".*")
    .replaceAll("_", ".");
  return new RegExp(`^${expression}$`, "su").test(asciiLower(text));
}
