import type { ClientRequest } from "@nixops4-resources/protocol-core";
import { HttpWriter } from "@nixops4-resources/protocol-http";
import type { Connection } from "../connection.ts";
import { targetOf } from "./login.ts";
import type { Operation } from "./operations.ts";
import { graphqlPath, LldapReader, type Variables } from "./reader.ts";
import { Refused } from "./refused.ts";

/** lldap's API, for writing too. No write has a condition: look just before, under the lock of this machine. */
export class LldapWriter extends LldapReader {
  readonly #http: HttpWriter;

  constructor(connection: Connection, request: ClientRequest) {
    const http = new HttpWriter(targetOf(connection), request);
    super(connection, request, http);
    this.#http = http;
  }

  /** Does a mutation. Throws why lldap rejected it. */
  async change(mutation: Operation<unknown>, variables: Variables): Promise<void> {
    const refused = await this.tryChange(mutation, variables);
    if (refused !== undefined) throw await this.explained(refused, "lldap_admin");
  }

  /**
   * The same, but returns the rejection. lldap's errors have no code, so the caller looks for what explains one, and throws
   * what `explained` returns if it finds nothing.
   */
  async tryChange(mutation: Operation<unknown>, variables: Variables): Promise<Refused | undefined> {
    const answer = await this.#http.write("POST", graphqlPath, { query: mutation.text, variables });
    try {
      this.content(mutation, answer);
      return undefined;
    } catch (error) {
      if (error instanceof Refused) return error;
      throw error;
    }
  }
}

export const connectWriter = async (connection: Connection, request: ClientRequest): Promise<LldapWriter> =>
  new LldapWriter(connection, request);
