import type { Endpoint } from "./call-proxy.ts";
import type { Message } from "./provider-process.ts";

/** The real server (or folder) behind the resources under test, as the contract needs to see it. One per test file. */
export interface Backend extends AsyncDisposable {
  /** The input `connection`, straight to the server, for the account that the provider uses. */
  readonly connection: Message;
  /** How it can be disturbed. */
  readonly access: NetworkAccess | FileAccess | ProgramAccess;
  /** Connections that must fail, by what is wrong with them: `an unknown host`, `a wrong password`. */
  readonly broken: Readonly<Record<string, Message>>;
  /** Secrets in `connection` that must never be seen again. */
  readonly canaries: readonly string[];
  /** Brings everything back to how it was before the first test. */
  reset(): Promise<void>;
  /** Two equal values mean that the provider's account wrote nothing in between: a count kept at the server. */
  writes(): Promise<unknown>;
  /**
   * All that the resources under test may have made, touched or left behind, without what differs between two equal runs
   * (object ids, times, salts). Two equal values mean the same end.
   */
  snapshot(): Promise<unknown>;
  /** What the server has logged so far; empty where it logs nothing. */
  log(): Promise<string>;
}

/** A server that is reached by TCP. */
export interface NetworkAccess {
  readonly kind: "network";
  readonly endpoint: Endpoint;
  /** The input `connection` that reaches it at another address. */
  at(endpoint: Endpoint): Message;
}

/** Files below a folder. */
export interface FileAccess {
  readonly kind: "files";
  readonly folder: string;
}

/** Files that programs change which the provider has run in a process group of their own, here or on another machine. */
export interface ProgramAccess {
  readonly kind: "programs";
  /** Those that change something, by their names. */
  readonly programs: readonly string[];
  /** A folder, which may be missing, that comes first on the PATH of who runs them. */
  readonly folder: string;
}
