import { realpath } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { answers } from "../provider/answer.ts";
import { DriverError } from "../errors.ts";
import { memberName } from "../evaluation/member.ts";
import type { Asking } from "../provider/processes.ts";
import { extant } from "./preview.ts";
import { holdLock } from "../run-lock.ts";
import type { MemberState } from "../show/progress.ts";
import { existsStateLog, removeStateLog } from "../state/log.ts";
import { isStateFile, stateFileName, type StateStore } from "../state/store.ts";
import type { Doomed } from "./survey.ts";

/**
 * Destroys one member, then removes its entry from its state. If the second step is lost, a repeated destroy finds the object
 * gone, which is a success, and removes the entry.
 */
export async function destroyMember(
  member: Doomed,
  store: StateStore | undefined,
  surroundings: Asking,
): Promise<MemberState> {
  if (isStateFile(member)) return destroyStateFile(stateFileName(member));
  const { path, provider, recorded } = member;
  if (recorded !== undefined && !isDeepStrictEqual(store?.entry(path), recorded.entry)) {
    throw new DriverError(
      "driver.state.changed",
      `Unable to destroy member ${memberName(path)}: another run changed its entry in the state ${memberName(recorded.keeper.path)}.`,
    );
  }
  const request = { destroyResourceRequest: { resource: extant(member) } };
  const { outcome } = await surroundings.ask(provider, request, answers.destroy);
  await store?.record("destroy", path, undefined);
  return outcome ?? "deleted";
}

async function destroyStateFile(file: string): Promise<MemberState> {
  if (!(await existsStateLog(file))) return "unchanged";
  using _ = await holdLock(await realpath(file));
  await removeStateLog(file);
  return "deleted";
}
