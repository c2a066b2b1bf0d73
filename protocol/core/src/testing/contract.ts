import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import type * as z from "zod/mini";
import type { AnyResource, Shape } from "../resource/resource.ts";
import type { Backend } from "./backend.ts";
import { ask, type Executable, type Finished, type Message } from "./provider-process.ts";
import { asObject, replyOf, type Reply, type ToldError } from "./reply.ts";

type Given<Inputs extends Shape> = z.input<z.ZodMiniObject<Inputs>>;

/** What the contract has to know of one resource beside its definition. */
export interface Terms<Inputs extends Shape, B extends Backend> {
  /** The provider's executable: a file of JavaScript. */
  main: string;
  /** Makes the server ready; called once. */
  backend: () => Promise<B>;
  /** Decides how it can be disturbed: over a network by a proxy, for files by a tracer, for programs by stand-ins. */
  reached: B["access"]["kind"];
  /** Inputs of the resource, with a reference in every input that is secret. */
  want: Given<Inputs>;
  /** Another value for each input that can change. */
  changed: { readonly [Name in keyof Given<Inputs>]?: Given<Inputs>[Name] };
  /** Another value for each input that cannot. */
  immutable?: { readonly [Name in keyof Given<Inputs>]?: Given<Inputs>[Name] };
  /** Why an input that could change has no other value above. */
  notChanged?: { readonly [Name in keyof Inputs]?: string };
  /** Changes by hand, each by the input that then differs. */
  drift: { readonly [Name in keyof Inputs]?: (backend: B) => Promise<void> };
  /** Makes by hand what `want` names, without a mark; not asked of what bears none. */
  makeUnmarked?: (backend: B) => Promise<void>;
  /**
   * Why it is neither killed nor hung up on here, such as that the same code is against another server. WHOLE_CONTRACT=1
   * does it all the same.
   */
  notDisturbed?: string;
  /** Outputs that count what is written by anybody, such as a serial number: they differ between two equal runs. */
  counters?: readonly string[];
  /** Outputs that no two makings of the thing have in common: a time, a number drawn by chance. */
  newEachTime?: readonly string[];
  /** Environment variables of the provider's process. */
  environment?: Readonly<Record<string, string>>;
  /** Environment variables that secret inputs refer to; the contract fills them. */
  secretVariables?: readonly string[];
}

/** The terms of a resource whose particulars do not matter. */
// oxlint-disable-next-line typescript/no-explicit-any -- a function's parameter of `unknown` would refuse every backend
export type AnyTerms = Terms<any, any>;

/** One promise that every resource keeps. */
export interface Clause {
  /** As the test's name: "create again changes nothing". */
  says: string;
  /** Throws where the promise is broken. Finds the backend as it was before the first test. */
  check(contract: Contract): Promise<void>;
}

/** The deployment that the contract acts for, and one that it does not. */
export const us = "contract";
export const others = "another";

/** A resource with its terms and its running backend, as the clauses use them. */
export class Contract {
  readonly resource: AnyResource;
  readonly terms: AnyTerms;
  readonly backend: Backend;
  readonly executable: Executable;
  /** Values of secrets; none may ever be seen. */
  readonly canaries: readonly string[];
  readonly #knownCodes: ReadonlySet<string>;

  private constructor(
    resource: AnyResource,
    terms: AnyTerms,
    backend: Backend,
    executable: Executable,
    canaries: readonly string[],
    codes: readonly string[],
  ) {
    this.resource = resource;
    this.terms = terms;
    this.backend = backend;
    this.executable = executable;
    this.canaries = canaries;
    this.#knownCodes = new Set(codes);
  }

  static async open(resource: AnyResource, terms: AnyTerms): Promise<Contract> {
    const canaries = Object.fromEntries((terms.secretVariables ?? []).map((name) => [name, makeCanary()]));
    const executable = { main: terms.main, environment: { ...terms.environment, ...canaries } };
    const request = { describeProviderRequest: {} };
    const { body } = replyOf(await ask(executable, request), request);
    const codes = Object.keys(asObject(body?.["errors"]));
    const backend = await terms.backend();
    return new Contract(resource, terms, backend, executable, [...backend.canaries, ...Object.values(canaries)], codes);
  }

  get bearsMark(): boolean {
    return this.resource.setMark !== undefined;
  }

  /** Whole inputs: the wanted ones, with some in another way. */
  inputs(other: Message = {}): Message {
    return { connection: this.backend.connection, managedBy: us, ...asObject(this.terms.want), ...other };
  }

  createRequest(inputs = this.inputs(), isStateful = this.resource.requireState): Message {
    return { createResourceRequest: { type: this.resource.type, inputProperties: inputs, isStateful } };
  }
  updateRequest(previous: Message, inputs: Message): Message {
    return { updateResourceRequest: { resource: this.#extant(previous), inputProperties: inputs } };
  }
  destroyRequest(inputs = this.inputs()): Message {
    return { destroyResourceRequest: { resource: this.#extant(inputs) } };
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

  /** Sends the request to a process of its own. */
  async send(request: Message): Promise<Reply> {
    return this.replyOf(await ask(this.executable, request), request);
  }

  /** What a process answered, which must not give a secret away. */
  replyOf(finished: Finished, request: Message): Reply {
    this.expectNoSecret(finished);
    const reply = replyOf(finished, request);
    return { ...reply, body: this.#withoutCounts(reply.body) };
  }

  /** The answer's body and outcome; an error breaks the promise. */
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

  /** The error, which must be one that the provider documents; any other answer breaks the promise. */
  async fail(request: Message): Promise<ToldError> {
    const { body, error } = await this.send(request);
    if (error === undefined)
      throw new Error(`${JSON.stringify(body)} in place of an error after ${JSON.stringify(request)}`);
    expect([...this.#knownCodes], `${error.message} has a documented code`).toContain(error.code);
    expect(error.code, error.message).not.toBe("protocol.bug");
    return error;
  }

  /** An answer without the outputs that differ from one making to the next. */
  repeatable(body: Message | undefined): Message {
    const { outputProperties, ...rest } = body ?? {};
    if (outputProperties === undefined) return rest;
    const outputs = Object.entries(asObject(outputProperties));
    const kept = outputs.filter(([name]) => this.terms.newEachTime?.includes(name) !== true);
    return { ...rest, outputProperties: Object.fromEntries(kept) };
  }

  /** Fails as above, and writes nothing. */
  async refuse(request: Message): Promise<ToldError> {
    return await this.withoutWriting(() => this.fail(request));
  }

  async withoutWriting<T>(work: () => Promise<T>): Promise<T> {
    const before = await this.backend.writes();
    const result = await work();
    expect(await this.backend.writes(), "nothing is written").toEqual(before);
    return result;
  }

  expectNoSecret({ stdout, stderr, commandLine }: Finished): void {
    for (const canary of this.canaries) {
      for (const [where, text] of Object.entries({ stdout, stderr, commandLine })) {
        expect(text?.includes(canary) ?? false, `a secret in ${where}`).toBe(false);
      }
    }
  }
}

const makeCanary = (): string => `canary-${randomBytes(12).toString("hex")}`;
