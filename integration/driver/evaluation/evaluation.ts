import type { JsonObject } from "../json.ts";
import type { MemberKey, MemberPath, MemberRequest } from "./member.ts";

/** Outputs of the resources that exist. */
export type KnownOutputs = ReadonlyMap<MemberKey, JsonObject>;

/** The result of one evaluation. */
export interface Wave {
  /** Resources whose request is complete. */
  readonly ready: readonly MemberRequest[];
  /** Parts that cannot be evaluated yet, or at all; `members` is the list of members of a composite. */
  readonly blocked: readonly Blocked[];
}

export interface Blocked {
  readonly path: MemberPath;
  readonly kind: "resource" | "members";
}

/** The reason why something cannot be evaluated. */
export type Explanation =
  | { readonly kind: "needs"; readonly member: MemberPath; readonly output: string }
  | { readonly kind: "derivation"; readonly input: string; readonly derivations: readonly string[] }
  | { readonly kind: "error"; readonly text: string };

/** A deployment that is evaluated repeatedly while outputs become known, by Nix or from a recording. */
export interface Evaluation extends AsyncDisposable {
  /** Throws DriverError if the deployment as a whole cannot be evaluated. Members in `skip` may be omitted. */
  evaluate(known: KnownOutputs, skip: ReadonlySet<MemberKey>): Promise<Wave>;
  /** The reason why `path` is blocked; undefined if it is not. */
  explain(path: MemberPath, known: KnownOutputs): Promise<Explanation | undefined>;
}
