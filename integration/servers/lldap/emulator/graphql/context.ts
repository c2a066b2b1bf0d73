import type { Caller } from "../domain/caller.ts";
import { canReadAll, isAdmin } from "../domain/caller.ts";
import type { Directory } from "../domain/directory.ts";

/** What every resolver of one request gets. */
export interface Context {
  readonly directory: Directory;
  readonly caller: Caller;
}

export const success = { ok: true };

export function requireAdmin({ caller }: Context, refusal: string): void {
  if (!isAdmin(caller)) throw new Error(refusal);
}

export function requireReader({ caller }: Context, refusal: string): void {
  if (!canReadAll(caller)) throw new Error(refusal);
}
