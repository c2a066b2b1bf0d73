import type { ClientRequest, ProviderError } from "@nixops4-resources/protocol-core";
import { HttpReader, type Answer } from "@nixops4-resources/protocol-http";
import * as z from "zod/mini";
import type { Connection } from "../connection.ts";
import { notLldap, targetOf } from "./login.ts";
import { lookUpSelf, type Operation } from "./operations.ts";
import { explain, missingRight, Refused, type Right } from "./refused.ts";
import { apiErrors } from "./shapes.ts";

export const graphqlPath = "/api/graphql";

/** Values of an operation's variables, by name. */
export type Variables = Readonly<Record<string, unknown>>;

/** lldap's API, for looking only. */
export class LldapReader implements AsyncDisposable {
  readonly connection: Connection;
  readonly request: ClientRequest;
  readonly #http: HttpReader;

  constructor(connection: Connection, request: ClientRequest, http = new HttpReader(targetOf(connection), request)) {
    this.connection = connection;
    this.request = request;
    this.#http = http;
  }

  /** False for a destroy request: it compares nothing, and the sources of secrets may already be gone. */
  get needsSecrets(): boolean {
    return this.request.needsSecrets;
  }

  /** The answer to a query. Throws why lldap rejected it. */
  async ask<T>(query: Operation<T>, variables: Variables = {}): Promise<T> {
    try {
      return await this.#query(query, variables);
    } catch (error) {
      throw error instanceof Refused ? await this.explained(error, "lldap_strict_readonly") : error;
    }
  }

  async #query<T>(query: Operation<T>, variables: Variables): Promise<T> {
    const answer = await this.#http.query(graphqlPath, { query: query.text, variables });
    return this.content(query, answer);
  }

  /** The content of an answer, which must have the form of the operation. Throws `Refused` if lldap rejected it. */
  protected content<T>(operation: Operation<T>, answer: Answer): T {
    // A server without the path, and the web page that proxies put in its place.
    if (answer.status === 404) throw notLldap(this.connection, answer.status);
    const { success, data } = apiErrors.safeParse(answer.tryJson());
    if (success) throw new Refused(operation.name, data.errors.map(({ message }) => message).join("; "));
    return answer.accepted().as(z.object({ data: operation.answer() })).data;
  }

  /** What to tell people about a rejected operation: the right that the account lacks, or lldap's own words. */
  async explained(error: Refused, right: Right): Promise<ProviderError> {
    const { url, username } = this.connection;
    const { user } = await this.#query(lookUpSelf, { id: username });
    const groups = user.groups.map(({ displayName }) => displayName);
    const suffices = groups.includes(right) || groups.includes("lldap_admin");
    return suffices ? explain(error, url) : missingRight(username, error, right);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]();
  }
}

export const connectReader = async (connection: Connection, request: ClientRequest): Promise<LldapReader> =>
  new LldapReader(connection, request);
