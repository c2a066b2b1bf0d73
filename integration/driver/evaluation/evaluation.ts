import type { JsonObject } from "../json.ts";
import type { MemberKey, MemberPath, MemberRequest } from "./member.ts";

/** Outputs of the resources that are there. */
export type KnownOutputs = ReadonlyMap<MemberKey, JsonObject>;

/** What one evaluation found. */
export interface Wave {
  /** Resources whose request is complete. */
  readonly ready: readonly MemberRequest[];
  /** What cannot be evaluated yet, or at all; `members` is a composite whose list of members is meant. */
  readonly blocked: readonly Blocked[];
}

export interface Blocked {
  readonly path: MemberPath;
  readonly kind: "resource" | "members";
}

/** Why something cannot be evaluated. */
export type Explanation =
  | { readonly kind: "needs"; readonly member: MemberPath; readonly output: string }
  | { readonly kind: "derivation"; readonly input: string; readonly derivations: readonly string[] }
  | { readonly kind: "error"; readonly text: string };

/** A deployment that can be evaluated over and over while outputs become known: with Nix, or from a recording. */
export interface Evaluation extends AsyncDisposable {
  /** Throws DriverError where the deployment as a whole cannot be evaluated. Members in `skip` may be left out. */
  evaluate(known: KnownOutputs, skip: ReadonlySet<MemberKey>): Promise<Wave>;
  /** Why `path` is blocked; undefined where it is not. */
  explain(path: MemberPath, known: KnownOutputs): Promise<Explanation | undefined>;
}
