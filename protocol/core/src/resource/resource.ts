import type * as z from "zod/mini";
import type { CommonInputs } from "./common-inputs.ts";
import type { ProviderError } from "../report/error.ts";
import type { Mark } from "./mark.ts";
import type { StateOpening, StateStore } from "./state-store.ts";

/** Named fields of a zod schema, each made by `option`. */
export type Shape = Record<string, z.ZodMiniType>;
export type Values<S extends Shape> = { [Name in keyof S]: z.output<S[Name]> };
type Given<S extends Shape> = z.input<z.ZodMiniObject<S>>;

/** All that a user declares of one resource, parsed: its own inputs, and what every resource has. */
export type Want<Connection extends z.ZodMiniType, Inputs extends Shape> = Values<Inputs> &
  CommonInputs & { connection: z.output<Connection> };

/** The inputs that were applied before, as far as the request remembers them: update and plan may, no other does. */
export type Previous<Inputs extends Shape> = Partial<Readonly<Values<Inputs>>>;

/** Stands in `Seen.inputs` for a value that is there and is not the wanted one, but cannot be told: another password. */
export const somethingElse = Symbol("something else");

/** What `read` found. */
export interface Seen<Inputs extends Shape, Outputs extends Shape> {
  /** The mark that the thing bears; undefined where it bears none, or cannot. */
  mark: Mark | undefined;
  /**
   * The thing in the shape of the inputs: what the user would have to write to get exactly this. A field that cannot be
   * observed is left out; a field that the user leaves to the backend (null) is given as it was wanted.
   */
  inputs: { [Name in keyof Inputs]?: z.output<Inputs[Name]> | typeof somethingElse };
  /** The facts that the resource's outputs tell. */
  outputs: Values<Outputs>;
}

/** What `update` is told: which inputs differ from what is there, what is there, and the mark that it bears by now. */
export interface Change<Inputs extends Shape, Outputs extends Shape> {
  readonly changed: ReadonlySet<keyof Inputs>;
  readonly seen: Seen<Inputs, Outputs>;
  readonly mark: Mark;
}

/** One thing that bears a deployment's mark. */
export interface Listed {
  /** What messages call it, without its type: `shop`. */
  label: string;
  /** The inputs that name it, enough for a read or destroy request. */
  inputs: Record<string, unknown>;
  mark: Mark;
}

/** What a client is told of the request it is made for. */
export interface Connecting {
  /** Aborts when the request's time is over: every connection must be closed at once. */
  signal: AbortSignal;
  /** All the time that the request may take, in seconds: no statement of the backend needs more. */
  timeoutSeconds: number;
}

/** The same, and what the client need not do. */
export interface ClientRequest extends Connecting {
  /**
   * False where the thing is to be destroyed: nothing is compared then, and whoever destroys it may have removed the
   * sources of its secrets first.
   */
  needsSecrets: boolean;
}

/**
 * One resource type. Authors say how to look and how to act; `converge` decides what to do.
 *
 * `Reader` is a client without a method that writes: plan and read get nothing else. `Writer` can do both.
 */
export interface Resource<
  Connection extends z.ZodMiniType,
  Inputs extends Shape,
  Outputs extends Shape,
  Reader extends AsyncDisposable,
  Writer extends Reader,
> {
  /** Name in requests and in Nix: one word, else snake_case as upstream. */
  readonly type: string;
  readonly description: string;
  /** True only where the inputs do not identify the thing. */
  readonly requireState: boolean;
  /** Where the backend is and who we are there; the same schema for all types of a provider. */
  readonly connection: Connection;
  readonly inputs: Inputs;
  /** Facts of the real world, never copies of inputs. Every one is always returned, null where there is none. */
  readonly outputs: Outputs;
  /** Inputs that cannot change in place: what would be lost, and how a person can do it. */
  readonly immutable: { readonly [Name in keyof Inputs]?: string };
  /** Inputs that refer to secrets. */
  readonly secret?: readonly (keyof Inputs)[];
  /** Outputs that an update never changes: their readers need not wait for one. */
  readonly stableOutputs: readonly (keyof Outputs)[];
  /** The least that the backend's account must be allowed, in Markdown. */
  readonly leastRights: string;
  /** Inputs that make a good first example in the documentation. */
  readonly example: Given<Inputs>;

  /** What messages call it, without its type: `shop`. */
  label(want: Values<Inputs>): string;
  /** A client without a method that writes, for plan and read. */
  connectReader(connection: z.output<Connection>, request: ClientRequest): Promise<Reader>;
  /** A client for create, update and destroy. */
  connectWriter(connection: z.output<Connection>, request: ClientRequest): Promise<Writer>;
  /**
   * Undefined only where the backend says that there is no such thing; every other failure throws. What cannot bear a
   * mark is ours by declaration alone: there `previous` tells what we once declared and may take away.
   */
  read(
    client: Reader,
    want: Want<Connection, Inputs>,
    previous: Previous<Inputs>,
  ): Promise<Seen<Inputs, Outputs> | undefined>;
  /**
   * Why what is there cannot become what is wanted, where `immutable` cannot tell: a number that only grows, an input that
   * changes together with another one. Asked before anything is written, and by plan.
   */
  refuse?(want: Want<Connection, Inputs>, seen: Seen<Inputs, Outputs>): ProviderError | undefined;
  /** Makes the thing with its mark, both or neither. Throws `AlreadyExists` where somebody was faster. */
  create(client: Writer, want: Want<Connection, Inputs>, mark: Mark): Promise<void>;
  /** Brings in line what differs. */
  update(client: Writer, want: Want<Connection, Inputs>, change: Change<Inputs, Outputs>): Promise<void>;
  /**
   * Removes what a killed create may have left where the thing itself is not there, when it is destroyed. Left out by types
   * whose create makes all or nothing.
   */
  removeUnfinished?(client: Writer, want: Want<Connection, Inputs>): Promise<void>;
  /** Succeeds where the thing is already gone. */
  delete(client: Writer, want: Want<Connection, Inputs>, seen: Seen<Inputs, Outputs>): Promise<void>;
  /** Writes or removes our mark on a thing that exists. Left out by what cannot bear one (docs/adr/003-ownership.md). */
  setMark?(client: Writer, want: Want<Connection, Inputs>, mark: Mark | undefined): Promise<void>;
  /** Everything of this type that bears the deployment's mark. There where `setMark` is. */
  list?(client: Reader, managedBy: string): Promise<Listed[]>;
  /** Only for types that store NixOps4's state: opened at the first state request, closed when the process ends. */
  openStateStore?(want: Want<Connection, Inputs>, opening: StateOpening): Promise<StateStore>;
}

/** A resource type whose particulars do not matter, as the loop and the generators see it. */
// oxlint-disable-next-line typescript/no-explicit-any -- a method parameter of `unknown` would refuse every definition
export type AnyResource = Resource<any, any, any, any, any>;

/** Declares a resource type; the types of all verbs follow from the schemas. */
export function defineResource<
  Connection extends z.ZodMiniType,
  Inputs extends Shape,
  Outputs extends Shape,
  Reader extends AsyncDisposable,
  Writer extends Reader,
>(resource: Resource<Connection, Inputs, Outputs, Reader, Writer>): typeof resource {
  return resource;
}

/** Tells `converge` that the thing came into being between its look and its create: it looks again. */
export class AlreadyExists extends Error {
  override readonly name = "AlreadyExists";
}
