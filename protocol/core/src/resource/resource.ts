import type * as z from "zod/mini";
import type { CommonInputs } from "./common-inputs.ts";
import type { ProviderError } from "../report/error.ts";
import { isSameMark, type Mark } from "./mark.ts";
import type { StateOpening, StateStore } from "./state-store.ts";
import type { Properties } from "../wire/wire.ts";

/** Named fields of a zod schema, each created by `option`. */
export type Shape = Record<string, z.ZodMiniType>;
export type Values<S extends Shape> = { [Name in keyof S]: z.output<S[Name]> };
type Given<S extends Shape> = z.input<z.ZodMiniObject<S>>;

/** All parsed inputs of one resource: its own and the common ones. */
export type Want<Connection extends z.ZodMiniType, Inputs extends Shape> = Values<Inputs> &
  CommonInputs & { connection: z.output<Connection> };

/** The inputs of the previous apply, if the request carries them. Only update and plan requests can. */
export type Previous<Inputs extends Shape> = Partial<Readonly<Values<Inputs>>>;

/** Represents in `Seen.inputs` an unknown value that differs from the wanted one, such as another password. */
export const somethingElse = Symbol("another value");

/** The result of `read`. */
export interface Seen<Inputs extends Shape, Outputs extends Shape> {
  /**
   * The mark of the object; undefined if it carries none. A type without marks returns undefined, or the mark of the object
   * that contains what it declares, for `refuse`.
   */
  mark: Mark | undefined;
  /**
   * The object in the shape of the inputs: the values with which a user would declare exactly this object. Leave out a
   * field that cannot be observed; return a field that the user leaves to the backend (null) as it was wanted.
   */
  inputs: { [Name in keyof Inputs]?: z.output<Inputs[Name]> | typeof somethingElse };
  /** The values of the resource's outputs. */
  outputs: Values<Outputs>;
}

/** Why a type does not have an input, and what to do instead. */
export interface Unsupported {
  readonly reason: string;
  readonly hint: string;
}

/** The argument of `update`: the inputs that differ, the existing object, and the mark that it carries now. */
export interface Change<Inputs extends Shape, Outputs extends Shape> {
  readonly changed: ReadonlySet<keyof Inputs>;
  readonly seen: Seen<Inputs, Outputs>;
  readonly mark: Mark;
}

/** Refuses adoptions that would take something from the object. */
export interface Lowering {
  /** The input that permits them. */
  readonly inputs: Shape;
  /** Returns the error that lists what an adoption would reset or remove; undefined if nothing, or if it is permitted. */
  refuse(want: Readonly<Record<string, unknown>>, seen: Readonly<Record<string, unknown>>): ProviderError | undefined;
}

/** One object that carries a deployment's mark. */
export interface Listed {
  /** Its name in messages, without its type: `shop`. */
  label: string;
  /** The inputs that identify it, sufficient for a read or destroy request. */
  inputs: Record<string, unknown>;
  mark: Mark;
}

/** The request for which a client is opened. */
export interface Connecting {
  /** Aborts when the request's time is over: the client must then close every connection immediately. */
  signal: AbortSignal;
  /** Maximum duration of the request in seconds: no statement of the backend needs more. */
  timeoutSeconds: number;
}

/** The same, for a client of a resource. */
export interface ClientRequest extends Connecting {
  /** False for a destroy request: it compares nothing, and the sources of the secrets may already be gone. */
  needsSecrets: boolean;
}

/**
 * One resource type. Its author defines how to look and how to act; `converge` decides what to do.
 *
 * `Reader` is a client without a method that writes; plan and read get no other. `Writer` can also write.
 */
export interface Resource<
  Connection extends z.ZodMiniType,
  Inputs extends Shape,
  Outputs extends Shape,
  Reader extends AsyncDisposable,
  Writer extends Reader,
> {
  /** Name in requests and in Nix: one word, or snake_case like upstream. */
  readonly type: string;
  readonly description: string;
  /** True only if the inputs do not identify the object. */
  readonly requireState: boolean;
  /** The inputs that, with the connection, identify the object. Null in one of them is a value like any other. */
  readonly identity: readonly [keyof Inputs, ...(keyof Inputs)[]];
  /**
   * For an object that several members declare together, if the type knows such objects: they all set `flag` to true, and
   * each declares the part that `part` names, or one without a name. Otherwise two members with one identity are an error.
   */
  readonly sharedBy?: { readonly flag: keyof Inputs; readonly part: keyof Inputs };
  /** Present if a destroy retains the object unless `deletion` is `delete`: its loss would take what others put into it. */
  readonly retainedByDefault?: true;
  /** Address and account of the backend; the same schema for all types of a provider. */
  readonly connection: Connection;
  readonly inputs: Inputs;
  /** Facts of the backend, never copies of inputs. Each output is always returned, null if it has no value. */
  readonly outputs: Outputs;
  /** Inputs that cannot change in place, with the loss that a change would cause and the way to do it by hand. */
  readonly immutable: { readonly [Name in keyof Inputs]?: string };
  /** Inputs that refer to secrets. */
  readonly secret?: readonly (keyof Inputs)[];
  /** Inputs that users look for and that the backend cannot offer. One that is given is rejected with the explanation. */
  readonly unsupported?: Readonly<Record<string, Unsupported>>;
  /**
   * Present if an existing object can have more than the inputs declare, so that adopting could take it away. NixOps4 sends
   * defaults too, so the user may not have written these inputs. `lowering` of protocol-core/lowering makes it.
   */
  readonly lowering?: Lowering;
  /** Gives the inputs that an earlier version wrote to a state their present names. Absent if none was renamed. */
  withCurrentNames?(remembered: Properties): Properties;
  /** Outputs that an update never changes: resources that use them need not wait for it. */
  readonly stableOutputs: readonly (keyof Outputs)[];
  /** The least rights that the backend's account needs, in Markdown. */
  readonly leastRights: string;
  /** Inputs of the example in the documentation. */
  readonly example: Given<Inputs>;
  /** The connection of that example, if the type cannot use the common example. */
  readonly exampleConnection?: z.input<Connection>;

  /** Its name in messages, without its type: `shop`. */
  label(want: Values<Inputs>): string;
  /**
   * Completes the hint to take over the object of another owner: "or ...". Not needed if users can only give the resource
   * another name.
   */
  insteadOfTakeover?(want: Want<Connection, Inputs>): string;
  /** Opens a client without a method that writes, for plan, read and list. */
  connectReader(connection: z.output<Connection>, request: ClientRequest): Promise<Reader>;
  /** Opens a client for create, update and destroy. */
  connectWriter(connection: z.output<Connection>, request: ClientRequest): Promise<Writer>;
  /**
   * Returns undefined only if the backend reports that the object does not exist; throws for every other failure. A type
   * without marks owns only what it declares: `previous` names what it declared before and may remove.
   */
  read(
    client: Reader,
    want: Want<Connection, Inputs>,
    previous: Previous<Inputs>,
  ): Promise<Seen<Inputs, Outputs> | undefined>;
  /**
   * Returns why the existing object cannot become the wanted one, for cases that `immutable` does not cover: a number that
   * only grows, an input that changes only together with another. Called by plan, and before anything is written.
   */
  refuse?(want: Want<Connection, Inputs>, seen: Seen<Inputs, Outputs>): ProviderError | undefined;
  /**
   * Returns a sentence for the hint when an object carries the mark of the deployment `from`: how to take over everything
   * at once that a restored backup brought along. For marks that a backup contains.
   */
  hintOfRestore?(want: Want<Connection, Inputs>, from: string): string;
  /** Creates the object and its mark atomically. Throws `AlreadyExists` if the object was created meanwhile. */
  create(client: Writer, want: Want<Connection, Inputs>, mark: Mark): Promise<void>;
  /** Changes the inputs that differ, if the object still carries `change.mark`; throws `MarkChanged` if not. */
  update(client: Writer, want: Want<Connection, Inputs>, change: Change<Inputs, Outputs>): Promise<void>;
  /**
   * Removes the leftovers of a killed create when a destroy finds no object. Returns whether there were any. Not needed by
   * a type whose create is atomic.
   */
  removeUnfinished?(client: Writer, want: Want<Connection, Inputs>): Promise<boolean>;
  /**
   * Returns what `delete` would change besides the object itself; undefined if nothing. `delete` then reports it by
   * `noteOutcome`. Throws if `delete` would fail.
   */
  planDelete?(client: Reader, want: Want<Connection, Inputs>, seen: Seen<Inputs, Outputs>): Promise<string | undefined>;
  /** Deletes the object if it still carries `seen.mark`; throws `MarkChanged` if not. Succeeds if it is already gone. */
  delete(client: Writer, want: Want<Connection, Inputs>, seen: Seen<Inputs, Outputs>): Promise<void>;
  /**
   * Writes or removes our mark on an object that still carries `expected`; throws `MarkChanged` if it does not, or is gone.
   * The backend proves this in the same statement, transaction or lock as the write. Absent from a type without marks
   * (docs/adr/003-ownership.md).
   */
  setMark?(
    client: Writer,
    want: Want<Connection, Inputs>,
    mark: Mark | undefined,
    expected: Mark | undefined,
  ): Promise<void>;
  /** Returns every object of this type that carries the deployment's mark. Present together with `setMark`. */
  list?(client: Reader, managedBy: string): Promise<Listed[]>;
  /** Only for types that store NixOps4's state. Called at the first state request; closed when the process ends. */
  openStateStore?(want: Want<Connection, Inputs>, opening: StateOpening): Promise<StateStore>;
}

/** Any resource type, as the loop and the generators use it. */
// oxlint-disable-next-line typescript/no-explicit-any -- a method parameter of `unknown` would reject every definition
export type AnyResource = Resource<any, any, any, any, any>;

/** Declares a resource type; TypeScript infers the types of all verbs from the schemas. */
export function defineResource<
  Connection extends z.ZodMiniType,
  Inputs extends Shape,
  Outputs extends Shape,
  Reader extends AsyncDisposable,
  Writer extends Reader,
>(resource: Resource<Connection, Inputs, Outputs, Reader, Writer>): typeof resource {
  return resource;
}

/** Signals that the object was created between the look and the create of `converge`, which then looks again. */
export class AlreadyExists extends Error {
  override readonly name = "AlreadyExists";
}

/**
 * Signals that the object does not carry the expected mark any more, or is gone: another process changed it between the
 * look and the write. Nothing was written; `converge` and `destroy` look again.
 */
export class MarkChanged extends Error {
  override readonly name = "MarkChanged";
}

/** Throws `MarkChanged` unless the object that a write is about to change still carries the mark that the look found. */
export function requireMark(found: Mark | undefined, expected: Mark | undefined): void {
  if (!isSameMark(found, expected)) throw new MarkChanged();
}
