import pLimit from "p-limit";
import type { Evaluation, Explanation } from "../evaluation/evaluation.ts";
import type { JsonObject } from "../json.ts";
import { memberKey, type MemberKey, type MemberPath, type MemberRequest } from "../evaluation/member.ts";

/** Members whose request is complete. */
export type Requests = ReadonlyMap<MemberKey, MemberRequest>;

/** The members of a deployment, with the members whose outputs each of them reads. */
export interface Resolved {
  readonly requests: Requests;
  /** Members that cannot be evaluated, and composites whose list of members cannot, each with the reason. */
  readonly unresolved: readonly Unresolved[];
  /** Outputs that others read, of the members that exist. */
  readonly known: ReadonlyMap<MemberKey, JsonObject>;
  /** The members whose outputs a member reads; of an unresolved one, those that are known. */
  readonly needsOf: (path: MemberPath) => ReadonlySet<MemberKey>;
}

export interface Unresolved {
  readonly path: MemberPath;
  readonly kind: "resource" | "members";
  readonly reason: Explanation;
}

export interface ResolveOptions {
  readonly evaluation: Evaluation;
  /** Whether to explain the member even if it can be evaluated without any output, since it may hide a missing output. */
  readonly isExplained: (path: MemberPath) => boolean;
  /** The outputs of an existing member; undefined if they are unknown. Must not throw. */
  readonly look: (request: MemberRequest, requests: Requests) => Promise<JsonObject | undefined>;
}

/** Maximum number of concurrent explanations: each is a Nix process. */
const explanationsAtOnce = 2;

/**
 * Finds out which member reads outputs of which. An evaluation names only the first missing output of a member, so each member
 * is explained again with exactly the outputs that it is known to read, until it can be evaluated. Only outputs that a member
 * reads are looked at.
 */
export async function resolveNeeds(options: ResolveOptions): Promise<Resolved> {
  const { evaluation } = options;
  const explaining = pLimit(explanationsAtOnce);
  const outputs = new Map<MemberKey, JsonObject>();
  const looked = new Set<MemberKey>();
  const needs = new Map<MemberKey, Set<MemberKey>>();
  const complete = new Set<MemberKey>();

  /** Records what the member reads, as far as outputs are known. Returns why it cannot be evaluated, if so. */
  async function explain(path: MemberPath): Promise<Explanation | undefined> {
    const key = memberKey(path);
    const own = needs.get(key) ?? new Set();
    needs.set(key, own);
    for (;;) {
      const known = new Map([...outputs].filter(([name]) => own.has(name)));
      const reason = await evaluation.explain(path, known);
      if (reason === undefined) complete.add(key);
      if (reason?.kind !== "needs") return reason;
      const needed = memberKey(reason.member);
      // The second condition: an output that the member does not have.
      if (!outputs.has(needed) || own.has(needed)) {
        own.add(needed);
        return reason;
      }
      own.add(needed);
    }
  }

  for (let isFirst = true; ; isFirst = false) {
    const { ready, blocked } = await evaluation.evaluate(outputs, new Set());
    const requests = new Map(ready.map((request) => [memberKey(request.path), request]));
    if (isFirst) for (const { path } of ready) if (!options.isExplained(path)) complete.add(memberKey(path));
    const open = [...ready.map(({ path }) => ({ path, kind: "resource" as const })), ...blocked].filter(
      ({ path }) => !complete.has(memberKey(path)),
    );
    const unresolved = (
      await explaining.map(open, async ({ path, kind }) => {
        const reason = await explain(path);
        return reason === undefined ? [] : [{ path, kind, reason }];
      })
    ).flat();

    const wanted = [...new Set([...needs.values()].flatMap((keys) => [...keys]))].flatMap((key) => {
      const request = looked.has(key) ? undefined : requests.get(key);
      return request === undefined ? [] : [request];
    });
    const found = await Promise.all(
      wanted.map(async (request) => [request, await options.look(request, requests)] as const),
    );
    for (const [{ path }, values] of found) {
      looked.add(memberKey(path));
      if (values !== undefined) outputs.set(memberKey(path), values);
    }
    if (found.every(([, values]) => values === undefined)) {
      for (const { path } of unresolved) requests.delete(memberKey(path));
      return { requests, unresolved, known: outputs, needsOf: (path) => needs.get(memberKey(path)) ?? new Set() };
    }
  }
}
