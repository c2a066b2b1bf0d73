import { describeFailure, DriverError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import {
  isWithin,
  memberKey,
  memberName,
  type MemberKey,
  type MemberPath,
  type MemberRequest,
  type Provider,
} from "../evaluation/member.ts";
import type { Looks } from "./looks.ts";
import type { Resolved, Unresolved } from "./needs.ts";
import type { Providers } from "./providers.ts";
import { readRecords, type Recorded } from "./records.ts";
import { explainUnresolved, firstLine, type Explained } from "./unresolved.ts";

/** A member whose object can be destroyed. */
export interface Doomed {
  readonly kind: "doomed";
  readonly path: MemberPath;
  readonly type: string;
  readonly provider: Provider;
  /** Those of the entry in the state, if any. */
  readonly inputs: JsonObject;
  readonly recorded: Recorded | undefined;
  /** Members that it needs: its state, and those whose outputs it reads. Undefined if they are unknown. */
  readonly needs: ReadonlySet<MemberKey> | undefined;
}

/** A member of which it cannot be found out what to destroy. */
export interface Unable {
  readonly kind: "unable";
  readonly path: MemberPath;
  readonly message: string;
  readonly needs: ReadonlySet<MemberKey> | undefined;
}

/** A member whose inputs need outputs of one that is gone. A destroy of both would have destroyed it first. */
export interface Lost {
  readonly kind: "lost";
  readonly path: MemberPath;
  readonly because: string;
}

export interface Survey {
  /** The members below the targets. */
  readonly members: readonly (Doomed | Unable | Lost)[];
  /** All entries of all states. */
  readonly recorded: readonly Recorded[];
  /** Things that may make the survey incomplete. */
  readonly warnings: readonly string[];
}

/** Finds the members below the targets, in the deployment and in the states. Throws DriverError for an unknown target. */
export async function survey(
  targets: readonly MemberPath[],
  resolved: Resolved,
  providers: Providers,
  looks: Looks,
): Promise<Survey> {
  const { requests, unresolved, needsOf } = resolved;
  const isTarget = (path: MemberPath) => targets.some((target) => isWithin(path, target));
  const { recorded, failures } = await readRecords(requests, providers, looks);
  requireTargets(targets, [...requests.values(), ...recorded], unresolved);

  const declared = [...requests.values()]
    .filter(({ path }) => isTarget(path))
    .map((request): Doomed | Unable => {
      const { path, state } = request;
      const failure = state === null ? undefined : failures.get(memberKey(state));
      if (failure !== undefined) return { kind: "unable", path, message: failure, needs: needsOf(path) };
      const found = recordOf(request, recorded);
      if (found !== undefined && found.entry.type !== request.type) return undeclared(found, providers);
      return asDeclared(request, found, needsOf(path));
    });
  const known = new Set(declared.map(({ path }) => memberKey(path)));
  const others = recorded.filter(({ path }) => isTarget(path) && !known.has(memberKey(path)));
  for (const { path } of others) known.add(memberKey(path));

  const explained = await explainUnresolved(resolved, looks);
  const concerns = ({ path, kind }: Unresolved) =>
    isTarget(path) || (kind === "members" && targets.some((target) => isWithin(target, path)));
  const doubtful = explained.filter(({ about }) => concerns(about) && !known.has(memberKey(about.path)));
  return {
    members: [
      ...declared,
      ...others.map((one) => undeclared(one, providers)),
      ...doubtful.map(({ about: { path }, message, because }): Unable | Lost =>
        message === undefined
          ? { kind: "lost", path, because }
          : { kind: "unable", path, message, needs: needsOf(path) },
      ),
    ],
    recorded,
    warnings: [
      ...[...failures].map(
        ([key, failure]) =>
          `The state ${JSON.parse(key).join(".")} cannot be read, so members that only it has are not known: ${firstLine(failure)}`,
      ),
      ...doubts(explained.filter(({ about }) => !concerns(about))),
    ],
  };
}

/** Members of which it is unknown whether they need a destroyed one. Several that need a member that is gone share a warning. */
function doubts(others: readonly Explained[]): string[] {
  const lost = others.filter(({ message }) => message === undefined);
  const isOne = ({ message }: Explained): boolean => message !== undefined || lost.length === 1;
  const [first, ...more] = lost;
  return [
    ...others
      .filter(isOne)
      .map(({ name, because }) => `It is unknown whether ${name} needs a destroyed member: ${because}`),
    ...(first === undefined || more.length === 0
      ? []
      : [
          `It is unknown whether ${first.name} and ${more.length} more would need a destroyed member: what they need does not exist`,
        ]),
  ];
}

/** The entry of a declared member in its own state. */
export function recordOf({ path, state }: MemberRequest, recorded: readonly Recorded[]): Recorded | undefined {
  return recorded.find((one) => state !== null && isSame(one.path, path) && isSame(one.keeper.path, state));
}

export function asDeclared(
  { path, type, provider, inputs, state }: MemberRequest,
  recorded: Recorded | undefined,
  reads: ReadonlySet<MemberKey>,
): Doomed {
  const needs = new Set([...reads, ...(state === null ? [] : [memberKey(state)])]);
  return { kind: "doomed", path, type, provider, inputs: recorded?.entry.inputs ?? inputs, recorded, needs };
}

/** A member that is in a state, but is not declared, or declared with another type. */
function undeclared(recorded: Recorded, providers: Providers): Doomed | Unable {
  const {
    path,
    entry: { type, inputs },
  } = recorded;
  try {
    return {
      kind: "doomed",
      path,
      type,
      provider: providers.having(type, inputs, path),
      inputs,
      recorded,
      needs: undefined,
    };
  } catch (error) {
    return { kind: "unable", path, message: describeFailure(error), needs: undefined };
  }
}

function requireTargets(
  targets: readonly MemberPath[],
  members: readonly { path: MemberPath }[],
  unresolved: readonly Unresolved[],
): void {
  const unknown = targets.find(
    (target) =>
      !members.some(({ path }) => isWithin(path, target)) &&
      !unresolved.some(({ path, kind }) => isWithin(path, target) || (kind === "members" && isWithin(target, path))),
  );
  if (unknown === undefined) return;
  throw new DriverError(
    "driver.destroy.unknown",
    `Unable to find member ${memberName(unknown)}: neither the deployment nor a state has it.`,
  );
}

const isSame = (one: MemberPath, other: MemberPath): boolean => memberKey(one) === memberKey(other);
