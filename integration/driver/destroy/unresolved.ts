import { diagnose } from "../evaluation/diagnose.ts";
import { DriverError } from "../errors.ts";
import { memberKey, memberName, type MemberKey } from "../evaluation/member.ts";
import type { Looks } from "./looks.ts";
import type { Resolved, Unresolved } from "./needs.ts";

/** Why a member, or a list of members, cannot be evaluated. */
export interface Explained {
  readonly about: Unresolved;
  readonly name: string;
  readonly because: string;
  /** The failure; undefined if it only needs an output of a member that is gone. */
  readonly message: string | undefined;
}

/** Explains each unresolved part of the deployment. */
export async function explainUnresolved(resolved: Resolved, looks: Looks): Promise<Explained[]> {
  const { unresolved, known, requests } = resolved;
  const diagnoses = diagnose({ blocked: unresolved, changed: [], known, performed: [...requests.values()] });
  const explained = new Map<MemberKey, Promise<Explained>>();
  const indexOf = new Map(unresolved.map(({ path }, index) => [memberKey(path), index]));

  function explain(index: number, about: Unresolved): Promise<Explained> {
    const key = memberKey(about.path);
    const found = explained.get(key) ?? explainOne(index, about);
    explained.set(key, found);
    return found;
  }

  async function explainOne(index: number, about: Unresolved): Promise<Explained> {
    const diagnosis = diagnoses[index];
    const name = diagnosis?.name ?? memberName(about.path);
    if (diagnosis?.kind !== "waits" || about.reason.kind !== "needs") {
      const error = diagnosis?.kind === "wrong" ? diagnosis.error : undefined;
      return { about, name, because: firstLine(error?.sentence ?? ""), message: error?.message ?? "" };
    }
    const { member } = about.reason;
    const isLost = (because: string) => ({
      about,
      name,
      because: `${diagnosis.because}, ${because}`,
      message: undefined,
    });
    const failed = (because: string) => {
      const sentence = `Unable to evaluate member ${name}: it ${diagnosis.because}, ${because}`;
      const { message } = new DriverError("driver.destroy.unread", sentence);
      return { about, name, because: `it ${diagnosis.because}, ${because}`, message };
    };
    const look = await looks.made(member);
    if (look !== undefined && "failure" in look) return failed(`which cannot be read: ${firstLine(look.failure)}`);
    if (look !== undefined) return isLost("which is gone");
    const other = indexOf.get(memberKey(member));
    const needed = other === undefined ? undefined : unresolved[other];
    if (other === undefined || needed === undefined) return failed("which cannot be evaluated.");
    const before = await explain(other, needed);
    return before.message === undefined ? isLost("which is gone too") : failed("which cannot be evaluated.");
  }

  return Promise.all(unresolved.map((about, index) => explain(index, about)));
}

/** The first line of a message: without its hint. */
export const firstLine = (message: string): string => message.split("\n", 1)[0] ?? "";
