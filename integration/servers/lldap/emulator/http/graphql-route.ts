import type { IncomingMessage } from "node:http";
import * as z from "zod";
import type { Caller } from "../domain/caller.ts";
import type { Directory } from "../domain/directory.ts";
import { answerGraphql, type GraphqlAnswer, type GraphqlRequest } from "../graphql/execute.ts";
import { bodyOf, contentType, cookie, json, parseJson, plain, Rejection, type Answer } from "./exchange.ts";
import { TokenRejected, type Tokens } from "./tokens.ts";

/** Source: server/src/graphql_server.rs: configure_endpoint */
const limit = 16 * 1024 * 1024;

const single = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  // Variables that are no object are ignored.
  variables: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
const sentJson = z.union([single, z.array(single).min(1)]);

/** `/api/graphql` by POST and GET. Source: server/src/graphql_server.rs */
export class GraphqlRoute {
  readonly #directory: Directory;
  readonly #tokens: Tokens;

  constructor(directory: Directory, tokens: Tokens) {
    this.#directory = directory;
    this.#tokens = tokens;
  }

  async post(request: IncomingMessage): Promise<Answer> {
    const caller = this.#callerOf(request);
    const sent = await this.#sent(request);
    if (!Array.isArray(sent)) return answerOf(caller, [await this.#execute(sent, caller)], ([one]) => one);
    const answers: GraphqlAnswer[] = [];
    for (const one of sent) answers.push(await this.#execute(one, caller));
    return answerOf(caller, answers, (all) => all);
  }

  async get(request: IncomingMessage, parameters: URLSearchParams): Promise<Answer> {
    const caller = this.#callerOf(request);
    const query = parameters.get("query");
    if (query === null) return plain(400, "Query deserialize error: missing field `query`");
    const variables = parameters.get("variables");
    const sent = single.parse({
      query,
      operationName: parameters.get("operationName"),
      variables: variables === null ? undefined : parseJson(variables),
    });
    return answerOf(caller, [await this.#execute(sent, caller)], ([one]) => one);
  }

  async #sent(request: IncomingMessage): Promise<GraphqlRequest | GraphqlRequest[]> {
    const type = contentType(request);
    if (type !== "application/json" && type !== "application/graphql") {
      throw new Rejection(plain(400, "Content type error"));
    }
    const text = await bodyOf(request, limit, "payload reached size limit");
    if (type === "application/graphql") return { query: text };
    const parsed = sentJson.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    const reason = "data did not match any variant of untagged enum GraphQLBatchRequest";
    throw new Rejection(plain(400, `Json deserialize error: ${reason}`));
  }

  async #execute(sent: GraphqlRequest, caller: Caller): Promise<GraphqlAnswer> {
    return await answerGraphql(sent, { directory: this.#directory, caller });
  }

  /** A token in a cookie goes before the one in the header. */
  #callerOf(request: IncomingMessage): Caller {
    const authorization = /^Bearer (.+)$/.exec(request.headers.authorization ?? "");
    const token = cookie(request, "token") ?? authorization?.[1];
    if (token === undefined) throw new Rejection({ status: 401, headers: { "www-authenticate": "Bearer" } });
    try {
      return this.#tokens.callerOf(token);
    } catch (error) {
      if (error instanceof TokenRejected) throw new Rejection(plain(401, error.message), { cause: error });
      throw error;
    }
  }
}

function answerOf(
  { userId }: Caller,
  answers: readonly GraphqlAnswer[],
  shape: (bodies: unknown[]) => unknown,
): Answer {
  const isExecuted = answers.every((answer) => answer.isExecuted);
  return {
    ...json(isExecuted ? 200 : 400, shape(answers.map(({ body }) => body))),
    forLog: [userId, ...answers.map(({ operation }) => operation)].join(": "),
  };
}
