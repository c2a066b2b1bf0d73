import type { Endpoint } from "./call-proxy.ts";
import type { Message } from "./provider-process.ts";

/** The real server or folder behind the resources under test, as the contract uses it. One per test file. */
export interface Backend extends AsyncDisposable {
  /** The input `connection`, directly to the server, with the provider's account. */
  readonly connection: Message;
  /** How requests to it can be interrupted. */
  readonly access: NetworkAccess | FileAccess | ProgramAccess;
  /** Connections that must fail, by what is wrong: `an unknown host`, `a wrong password`. */
  readonly broken: Readonly<Record<string, Message>>;
  /** Secrets in `connection` that must never be seen again. */
  readonly canaries: readonly string[];
  /**
   * The input `connection` with this path in the place of a file, by the input's name: `connection.tls.caFile`. References
   * to secrets are found without it.
   */
  readonly withFile?: Readonly<Record<string, (path: string) => Message>>;
  /** Restores the state before the first test. */
  reset(): Promise<void>;
  /** A count kept at the server. Two equal values mean that the provider's account wrote nothing in between. */
  writes(): Promise<unknown>;
  /**
   * Everything that the resources under test may have created, changed or left behind, except values that differ between
   * two equal runs (object ids, times, salts). Two equal values mean the same result.
   */
  snapshot(): Promise<unknown>;
  /** The server's log so far; empty if it writes none. */
  log(): Promise<string>;
}

/** A server behind a TCP port. */
export interface NetworkAccess {
  readonly kind: "network";
  readonly endpoint: Endpoint;
  /** The input `connection` for the same server at another address. */
  at(endpoint: Endpoint): Message;
  /** Wrong answers to put in place of the server's: `httpWire`, `postgresWire`, or `bytesWire` with faults of your own. */
  readonly wire?: Wire;
  /** Whether a call that begins so may write, if that can be seen: `isHttpWrite`. */
  readonly isWrite?: (begin: Buffer) => boolean;
  /** Whether each run of a request makes the same calls in the same order, so that a write can be held by its number. */
  readonly hasFixedCalls?: boolean;
  /** For HTTP: the input `connection` with a base path below which the API does not answer. */
  readonly wrongPath?: Message;
}

/** Files below a folder. */
export interface FileAccess {
  readonly kind: "files";
  readonly folder: string;
}

/** Programs that the provider runs in a process group of their own, here or on another machine. */
export interface ProgramAccess {
  readonly kind: "programs";
  /** Names of the programs that change something. */
  readonly programs: readonly string[];
  /** Whether a call (`NAME ARGUMENT...`) changes something; without it, every call does. */
  isWrite?(call: string): boolean;
  /** A folder that may be missing, and that comes first on the PATH of the process that runs them. */
  readonly folder: string;
}

/** A proxy that has planted a fault, or none. */
interface FaultyProxy extends AsyncDisposable {
  /** The address for the client. */
  readonly endpoint: Endpoint;
  /** How many calls were made so far. */
  readonly count: number;
}

/** What can go wrong between a provider and a server that does its work, for one protocol. */
export interface Wire {
  /** Names of the faults. */
  readonly faults: readonly string[];
  /** Starts a proxy that replaces the answer to one call, counted from 1, or none. */
  start(target: Endpoint, fault?: { readonly call: number; readonly by: string }): Promise<FaultyProxy>;
}
