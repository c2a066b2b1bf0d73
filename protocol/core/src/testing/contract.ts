import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import type * as z from "zod/mini";
import type { AnyResource, Shape } from "../resource/resource.ts";
import type { Backend } from "./backend.ts";
import { Company } from "./company.ts";
import { ask, type Executable, type Finished, type Message, type Shown } from "./provider-process.ts";
import { TaggedSession } from "./tagged-session.ts";
import { LauncherSession, ThroughWorker, type Way } from "./worker/through-worker.ts";
import { asObject, replyOf, type Reply, type ReplyError } from "./reply.ts";

type Given<Inputs extends Shape> = z.input<z.ZodMiniObject<Inputs>>;

/** What the contract needs to know of a resource, besides its definition. */
export interface Terms<Inputs extends Shape, B extends Backend> {
  /** The provider's executable: a file of JavaScript. */
  main: string;
  /** Prepares the server; called once. */
  backend: () => Promise<B>;
  /** How requests are interrupted: a proxy for a network, a tracer for files, stand-ins for programs. */
  reached: B["access"]["kind"];
  /** Inputs of the resource, with a reference in every secret input. */
  want: Given<Inputs>;
  /** Another value for each input that can change. */
  changed: { readonly [Name in keyof Given<Inputs>]?: Given<Inputs>[Name] };
  /** Another value for each immutable input. */
  immutable?: { readonly [Name in keyof Given<Inputs>]?: Given<Inputs>[Name] };
  /** Reason why `changed` has no value for an input that could change. */
  notChanged?: { readonly [Name in keyof Inputs]?: string };
  /** Manual changes, by the input that then differs. */
  drift: { readonly [Name in keyof Inputs]?: (backend: B) => Promise<void> };
  /** Reason why `drift` is empty: every input identifies the object, which is there as declared, or not at all. */
  notDrifting?: string;
  /** Creates by hand what `want` names, without a mark. Not needed for a type without a mark. */
  makeUnmarked?: (backend: B) => Promise<void>;
  /** Gives the unmarked object more than `want` declares. Needed by a type with `lowering`. */
  makeMore?: (backend: B) => Promise<void>;
  /**
   * Reason why no request is interrupted or raced here and no secret searched for: another contract tests the same code.
   * WHOLE_CONTRACT=1 tests it here too.
   */
  notDisturbed?: string;
  /**
   * Reason why only creates are killed here: another contract kills updates, destroys and adoptions, which are the same code.
   * WHOLE_CONTRACT=1 kills them here too.
   */
  onlyCreatesKilled?: string;
  /**
   * Reason why nobody overtakes a request here: another contract tests the same code. WHOLE_CONTRACT=1 tests it here too.
   */
  overtakenElsewhere?: string;
  /**
   * Reason why the contract never overtakes a request: it cannot (a lock that is named after an address, which a proxy
   * changes), so that it names the test that does; or the backend proves nothing.
   */
  neverOvertaken?: string;
  /**
   * Reason why no wrong answers are put in place of the server's here: the contract of another type tests the same client.
   * WHOLE_CONTRACT=1 tests it here too.
   */
  wrongAnswersElsewhere?: string;
  /**
   * Reason why only the first of the backend's broken connections is tried: the contract of another type tries them all.
   * WHOLE_CONTRACT=1 tries them here too.
   */
  oneBrokenConnection?: string;
  /**
   * Reason why a request takes seconds. Then fewer requests race, fewer processes are compared with the long-lived one, and
   * rules about inputs alone are left to the contract with another backend. WHOLE_CONTRACT=1 tests all here too.
   */
  slow?: string;
  /**
   * For types whose resources own parts of one object of the backend: the inputs that differ in another deployment's part of
   * the object that `want` names, and a change of our part.
   */
  sharedWith?: {
    readonly other: { readonly [Name in keyof Given<Inputs>]?: Given<Inputs>[Name] };
    readonly changed: { readonly [Name in keyof Given<Inputs>]?: Given<Inputs>[Name] };
  };
  /** The input `connection` of a read-only copy of the server that lags behind it, where the service has such copies. */
  standby?: (backend: B) => Promise<Message>;
  /** Outputs that count all writes, such as a serial number: they differ between two equal runs. */
  counters?: readonly string[];
  /** Outputs that differ each time the object is created: a time, a random number. */
  newEachTime?: readonly string[];
  /** Code of the error with which a create fails if its object was destroyed, where the backend never accepts it again. */
  neverAgain?: string;
  /** Why a create whose process has died can add an object of its own when it reaches the server late: the next create removes it. */
  lateCreateAdds?: string;
  /** Why a write of a dead process can undo a later one when it reaches the server late. Then only its last write is held back. */
  lateWriteUndoes?: string;
  /** Sends the requests through launchers and a worker, where there is a C compiler. THROUGH_WORKER does it everywhere. */
  throughWorker?: Way;
  /** Environment variables of the provider's process. */
  environment?: Readonly<Record<string, string>>;
  /** Reasons why secret inputs have no value here, by name: the contract of other inputs tries them. */
  secretElsewhere?: Readonly<Record<string, string>>;
  /** Environment variables that secret inputs refer to; the contract sets them. */
  secretVariables?: readonly string[];
}

/** Terms of any resource. */
// oxlint-disable-next-line typescript/no-explicit-any -- a function's parameter of `unknown` would reject every backend
export type AnyTerms = Terms<any, any>;

/** One rule that every resource follows. */
export interface Clause {
  /** The test's name: "a repeated create changes nothing". */
  says: string;
  /** Whether it is about inputs alone, which no backend sees. */
  isAboutInputs?: boolean;
  /** Whether it counts calls, or outcomes of requests sent at once. A request that is repeated has others. */
  counts?: true;
  /** Reason why the clause says nothing about this backend; undefined if it does. */
  skips?(contract: Contract): string | undefined;
  /** Throws if the resource breaks the rule. The backend is as it was before the first test. */
  check(contract: Contract): Promise<void>;
}

/** The deployment that the contract acts for, and another one. */
export const us = "contract";
export const others = "another";

/** Whether WHOLE_CONTRACT=1 asks for every test everywhere, also if another contract tests the same code. */
export const isWholeContract = (): boolean => process.env["WHOLE_CONTRACT"] === "1";

/** The process that did the work, or a part of it, died. The one that repeated it found less to do. The clause starts again. */
export class OutcomeUnknown extends Error {}

/** A resource with its terms and its running backend, as the clauses use them. */
export class Contract implements AsyncDisposable {
  readonly resource: AnyResource;
  readonly terms: AnyTerms;
  readonly backend: Backend;
  /** The provider itself, which kills and a tracer hit: a launcher would leave its worker alone. */
  readonly provider: Executable;
  /** What requests go to: the provider, or its launcher. */
  readonly executable: Executable;
  /** Values of secrets; none may ever be seen. */
  readonly canaries: readonly string[];
  readonly #session: TaggedSession | LauncherSession;
  readonly #throughWorker: ThroughWorker | undefined;
  readonly #company: Company;
  readonly #knownCodes: ReadonlySet<string>;

  private constructor(
    resource: AnyResource,
    terms: AnyTerms,
    backend: Backend,
    provider: Executable,
    executable: Executable,
    canaries: readonly string[],
    session: TaggedSession | LauncherSession,
    throughWorker: ThroughWorker | undefined,
    codes: readonly string[],
  ) {
    this.resource = resource;
    this.terms = terms;
    this.backend = backend;
    this.provider = provider;
    this.executable = executable;
    this.canaries = canaries;
    this.#session = session;
    this.#throughWorker = throughWorker;
    this.#company = new Company((connection, timeoutSeconds) => this.#neighbour(connection, timeoutSeconds), {
      send: (request) => session.ask(request),
    });
    this.#knownCodes = new Set(codes);
  }

  static async open(resource: AnyResource, terms: AnyTerms): Promise<Contract> {
    const canaries = Object.fromEntries((terms.secretVariables ?? []).map((name) => [name, makeCanary()]));
    const provider = { main: terms.main, environment: { ...terms.environment, ...canaries } };
    const throughWorker = ThroughWorker.for(provider, terms.throughWorker);
    const executable = throughWorker?.executable ?? provider;
    const environment = { ...executable.environment, NIXOPS4_RESOURCES_LOG: "debug" };
    const Session = throughWorker === undefined ? TaggedSession : LauncherSession;
    const session = new Session({ ...executable, environment });
    const request = { describeProviderRequest: {} };
    const { body } = replyOf(await session.ask(request), request);
    const codes = Object.keys(asObject(body?.["errors"]));
    const backend = await terms.backend();
    const secrets = [...backend.canaries, ...Object.values(canaries)];
    const contract = new Contract(
      resource,
      terms,
      backend,
      provider,
      executable,
      secrets,
      session,
      throughWorker,
      codes,
    );
    await contract.#company.open(backend.access.kind === "network" ? backend.access : undefined);
    return contract;
  }

  /** Ends the long-lived process and releases the backend. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#company[Symbol.asyncDispose]();
      const shown = await this.#session.finish();
      if (shown !== undefined) this.expectNoSecret(shown);
    } finally {
      this.#throughWorker?.[Symbol.dispose]();
      await this.backend[Symbol.asyncDispose]();
    }
  }

  get bearsMark(): boolean {
    return this.resource.setMark !== undefined;
  }

  /** Whether requests may be repeated because their worker was killed. Their answers are the same, their outcomes may be others. */
  get areRepeated(): boolean {
    return this.#throughWorker?.areRepeated === true;
  }

  /** Kills no workers during the work. */
  async whileWorkersLive(work: () => Promise<void>): Promise<void> {
    using _rest = this.#throughWorker?.rest();
    await work();
  }

  /** Whether the contract is shortened, since a request takes seconds. */
  get isSlow(): boolean {
    return this.terms.slow !== undefined && !isWholeContract();
  }

  /** Complete inputs: the wanted ones, some of them replaced. With them, a destroy deletes the object. */
  inputs(other: Message = {}): Message {
    return {
      connection: this.backend.connection,
      managedBy: us,
      ...(this.resource.retainedByDefault && { deletion: "delete" }),
      ...asObject(this.terms.want),
      ...other,
    };
  }

  createRequest(inputs = this.inputs(), isStateful = this.resource.requireState): Message {
    return { createResourceRequest: { type: this.resource.type, inputProperties: inputs, isStateful } };
  }
  /** A create that fails before it connects. */
  wrongRequest(): Message {
    return this.createRequest(this.inputs({ managedBy: "Not A Name" }));
  }
  updateRequest(previous: Message, inputs: Message): Message {
    return { updateResourceRequest: { resource: this.#extant(previous), inputProperties: inputs } };
  }
  destroyRequest(inputs = this.inputs()): Message {
    return { destroyResourceRequest: { resource: this.#extant(inputs) } };
  }
  planDestroyRequest(inputs = this.inputs()): Message {
    return { planDestroyResourceRequest: { resource: this.#extant(inputs) } };
  }
  readRequest(inputs = this.inputs()): Message {
    return { readResourceRequest: { resource: this.#extant(inputs) } };
  }
  planRequest(inputs = this.inputs(), previous?: Message): Message {
    const resource = previous === undefined ? {} : { resource: this.#extant(previous) };
    return { planResourceRequest: { type: this.resource.type, inputProperties: inputs, ...resource } };
  }
  listRequest(managedBy: string, connection = this.backend.connection): Message {
    return { listResourcesRequest: { type: this.resource.type, inputProperties: { connection, managedBy } } };
  }
  #extant(inputProperties: Message): Message {
    return { type: this.resource.type, inputProperties };
  }

  /** A request that changes nothing, wherever its connection leads; without one, it is a wrong request. */
  #neighbour(connection: Message | undefined, timeoutSeconds: number): Message {
    return connection === undefined
      ? this.wrongRequest()
      : this.readRequest(this.inputs({ connection, timeoutSeconds }));
  }

  /** Sends the request to the process that serves many; it logs as much as it can. */
  async send(request: Message, onStderr?: (text: string) => void): Promise<Reply> {
    if (!this.areRepeated) this.#company.gather();
    return await this.#replyTo(request, () => this.#session.ask(request, onStderr));
  }

  /** Sends the request to a process of its own, as NixOps4 does; it logs as much as it can. */
  async sendAlone(request: Message): Promise<Reply> {
    const environment = { ...this.executable.environment, NIXOPS4_RESOURCES_LOG: "debug" };
    return await this.#replyTo(request, () => ask({ ...this.executable, environment }, request));
  }

  /** Throws `OutcomeUnknown` if the request may have been repeated after it had done its work, or a part of it. */
  async #replyTo(request: Message, send: () => Promise<Shown | Finished>): Promise<Reply> {
    const kills = this.#throughWorker?.kills;
    const shown = await send();
    if (kills === this.#throughWorker?.kills) return this.replyOf(shown, request);
    const reply = this.replyOf({ ...shown, outcomes: shown.outcomes.slice(-1) }, request);
    const isRest = reply.outcome === "updated" && Object.hasOwn(request, "createResourceRequest");
    if (reply.outcome === "unchanged" || isRest)
      throw new OutcomeUnknown(`A worker was killed during ${JSON.stringify(request)}`);
    return reply;
  }

  /** The answer of a process, which must not reveal a secret. */
  replyOf(shown: Shown | Finished, request: Message): Reply {
    this.expectNoSecret(shown);
    const reply = replyOf(shown, request);
    return { ...reply, body: this.#withoutCounts(reply.body) };
  }

  /** The answer's body and outcome; throws for an error. */
  async succeed(request: Message): Promise<{ body: Message; outcome: string | undefined }> {
    const { body, error, outcome } = await this.send(request);
    if (body === undefined) throw new Error(`${error?.message} after ${JSON.stringify(request)}`);
    return { body, outcome };
  }

  #withoutCounts(body: Message | undefined): Message | undefined {
    const { counters = [] } = this.terms;
    const outputs = body?.["outputProperties"];
    if (counters.length === 0 || typeof outputs !== "object" || outputs === null) return body;
    const names = counters.filter((name) => Object.hasOwn(outputs, name));
    return { ...body, outputProperties: { ...outputs, ...Object.fromEntries(names.map((name) => [name, "counted"])) } };
  }

  /** The error, which must be documented; throws for any other answer. */
  async fail(request: Message): Promise<ReplyError> {
    const { body, error } = await this.send(request);
    if (error === undefined)
      throw new Error(`${JSON.stringify(body)} instead of an error after ${JSON.stringify(request)}`);
    expect([...this.#knownCodes], `${error.message} has a documented code`).toContain(error.code);
    expect(error.code, error.message).not.toBe("protocol.bug");
    return error;
  }

  /** An answer without the outputs that differ each time the object is created. */
  repeatable(body: Message | undefined): Message {
    const { outputProperties, ...rest } = body ?? {};
    if (outputProperties === undefined || outputProperties === null) return { ...body };
    const outputs = Object.entries(asObject(outputProperties));
    const kept = outputs.filter(([name]) => this.terms.newEachTime?.includes(name) !== true);
    return { ...rest, outputProperties: Object.fromEntries(kept) };
  }

  /** The same, and the request writes nothing. */
  async refuse(request: Message): Promise<ReplyError> {
    return await this.withoutWriting(() => this.fail(request));
  }

  async withoutWriting<T>(work: () => Promise<T>): Promise<T> {
    const before = await this.backend.writes();
    const result = await work();
    expect(await this.backend.writes(), "count of writes").toEqual(before);
    return result;
  }

  expectNoSecret({ stdout, stderr, commandLine }: Pick<Shown, "stdout" | "stderr" | "commandLine">): void {
    for (const canary of this.canaries) {
      for (const [where, text] of Object.entries({ stdout, stderr, commandLine })) {
        expect(text?.includes(canary) ?? false, `a secret in ${where}`).toBe(false);
      }
    }
  }
}

const makeCanary = (): string => `canary-${randomBytes(12).toString("hex")}`;
