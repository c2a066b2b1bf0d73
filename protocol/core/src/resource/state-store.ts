import type { ExactJson } from "../wire/exact-json.ts";
import type { Connecting } from "./resource.ts";
import type { Properties } from "../wire/wire.ts";

/** One event of NixOps4's state log: the operation, and an RFC 6902 JSON Patch against the state before it. */
export interface StateEvent {
  event: string;
  nixopsVersion: string;
  patch: readonly ExactJson[];
}

/** The purpose for which a store is opened. */
export interface StateOpening extends Connecting {
  /**
   * `write` for an apply, which locks out every other writer until the store is closed; `read` for a look, such as
   * `nixops4 state dump`, which takes no lock.
   */
  access: "read" | "write";
  /** The outputs of the state resource, which only a writer receives; undefined for a reader. */
  outputs: Properties | undefined;
}

/** An open store of NixOps4's state. It stays open from the first request to the end of input. */
export interface StateStore extends AsyncDisposable {
  /** The whole document, exactly as it was written. */
  read(request: Connecting): Promise<Properties>;
  /** Returns when the event is stored durably. Rejects an event whose patch does not apply, and stores nothing then. */
  append(event: StateEvent, request: Connecting): Promise<void>;
}
