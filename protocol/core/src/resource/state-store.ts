import type { ExactJson } from "../wire/exact-json.ts";
import type { Connecting } from "./resource.ts";
import type { Properties } from "../wire/wire.ts";

/** One event of NixOps4's state log: the operation, and an RFC 6902 JSON Patch against the state before it. */
export interface StateEvent {
  event: string;
  nixopsVersion: string;
  patch: readonly ExactJson[];
}

/** What a store is opened for. */
export interface StateOpening extends Connecting {
  /**
   * `write` for an apply, which keeps everybody else from writing until the store is closed; `read` for a look, such as
   * `nixops4 state dump`, which keeps nobody from anything.
   */
  access: "read" | "write";
  /** The outputs of the state resource, which a writer is told; undefined for a reader. */
  outputs: Properties | undefined;
}

/** An opened store of NixOps4's state. Kept open from the first request to the end of input. */
export interface StateStore extends AsyncDisposable {
  /** The whole document, exactly as its writers made it. */
  read(request: Connecting): Promise<Properties>;
  /** Returns when the event is stored for good. One whose patch does not apply is refused and stores nothing. */
  append(event: StateEvent, request: Connecting): Promise<void>;
}
