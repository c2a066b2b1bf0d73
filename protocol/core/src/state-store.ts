/** One event of NixOps4's state log: the operation, and an RFC 6902 JSON Patch against the state before it. */
export interface StateEvent {
  event: string;
  nixopsVersion: string;
  patch: readonly unknown[];
}

/** An opened store of NixOps4's state. Kept open from the first request to the end of input. */
export interface StateStore extends AsyncDisposable {
  read(): Promise<Record<string, unknown>>;
  append(event: StateEvent): Promise<void>;
}
