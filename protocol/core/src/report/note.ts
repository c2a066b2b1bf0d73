import { currentContext } from "../request/context.ts";

/** Adds to the outcome line what the request changed besides its object, such as `reassigned 3 objects to dba`. */
export function noteOutcome(text: string): void {
  currentContext().notes.push(text);
}
