import { describeFailure, DriverError } from "../errors.ts";
import { isWithin, memberKey, memberName, type MemberPath } from "../evaluation/member.ts";
import type { DestroyPlan } from "../provider/answer.ts";
import type { Resolved } from "./needs.ts";
import type { Previewed } from "./preview.ts";
import type { Recorded } from "./records.ts";
import { asDeclared, recordOf, type Doomed } from "./survey.ts";
import { firstLine } from "./unresolved.ts";

interface Question {
  readonly targets: readonly MemberPath[];
  readonly members: readonly Previewed[];
  readonly resolved: Resolved;
  readonly recorded: readonly Recorded[];
  /** What a destroy would do to a member outside the targets. Throws if the look fails. */
  readonly plan: (member: Doomed) => Promise<DestroyPlan>;
}

/** Why nothing may be destroyed: members that would stay need some that would not. */
export async function findRefusals(question: Question): Promise<DriverError[]> {
  const { targets, members } = question;
  const ending = members.filter(
    (member): member is Previewed & Doomed =>
      member.kind === "doomed" && (member.plan.action === "delete" || member.plan.action === "retain"),
  );
  const stays = (path: MemberPath) => !targets.some((target) => isWithin(path, target));
  return [...(await readersOf(ending, stays, question)), ...entriesIn(ending, stays, question)];
}

/** A member that reads outputs of a destroyed one, unless it is gone itself. */
async function readersOf(
  ending: readonly Doomed[],
  stays: (path: MemberPath) => boolean,
  { resolved, recorded, plan }: Question,
): Promise<DriverError[]> {
  const { requests, unresolved, needsOf } = resolved;
  const staying = [...requests.values(), ...unresolved].map(({ path }) => path).filter(stays);
  const found = staying.map(async (path): Promise<DriverError[]> => {
    const needed = ending.filter((one) => needsOf(path).has(memberKey(one.path)));
    if (needed.length === 0) return [];
    const request = requests.get(memberKey(path));
    let doubt = ", and it cannot be evaluated";
    if (request !== undefined) {
      try {
        const { action } = await plan(asDeclared(request, recordOf(request, recorded), needsOf(path)));
        if (action === "none") return [];
        doubt = "";
      } catch (error) {
        doubt = `, and it is not certain that it is gone: ${firstLine(describeFailure(error))}`;
      }
    }
    const names = needed.map((one) => memberName(one.path)).join(", ");
    const sentence = `Unable to destroy ${names}: member ${memberName(path)}, which would stay, reads ${needed.length === 1 ? "its" : "their"} outputs${doubt}.`;
    return [new DriverError("driver.destroy.needed", sentence)];
  });
  return (await Promise.all(found)).flat();
}

/** An entry in a destroyed state, whose member is not destroyed. */
function entriesIn(
  ending: readonly Doomed[],
  stays: (path: MemberPath) => boolean,
  { recorded }: Question,
): DriverError[] {
  return ending.flatMap(({ path }) => {
    const left = recorded.filter((one) => memberKey(one.keeper.path) === memberKey(path) && stays(one.path));
    if (left.length === 0) return [];
    const names = left.map((one) => memberName(one.path)).join(", ");
    return [
      new DriverError(
        "driver.destroy.state",
        `Unable to destroy the state ${memberName(path)}: it has entries of ${names}.`,
      ),
    ];
  });
}
