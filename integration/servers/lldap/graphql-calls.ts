import * as z from "zod";

/** Name and password of an account. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

const loginAnswer = z.object({ token: z.string() });
const graphqlAnswer = z.object({
  data: z.unknown(),
  errors: z.optional(z.array(z.object({ message: z.string() }))),
});

/** GraphQL as one account, with a token that lasts as long as the server accepts it. */
export class GraphqlCalls {
  readonly #url: string;
  readonly #login: Login;
  #token: Promise<string> | undefined;

  constructor(url: string, login: Login) {
    this.#url = url;
    this.#login = login;
  }

  /** The data of the answer. Throws the messages of its errors. Logs in at the first call, and again after 401. */
  async graphql(query: string, variables: Record<string, unknown> = {}): Promise<unknown> {
    let answer = await this.#post(query, variables);
    if (answer.status === 401) {
      this.#token = undefined;
      answer = await this.#post(query, variables);
    }
    const words = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${words}`);
    const { data, errors = [] } = graphqlAnswer.parse(JSON.parse(words));
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
    return data;
  }

  /** A token of the account, the same one until the server refuses it. */
  async token(): Promise<string> {
    this.#token ??= this.#logIn();
    return await this.#token;
  }

  async #logIn(): Promise<string> {
    const answer = await postJson(`${this.#url}/auth/simple/login`, this.#login);
    if (!answer.ok) throw new Error(`Login of ${this.#login.username}: ${answer.status} ${await answer.text()}`);
    return loginAnswer.parse(await answer.json()).token;
  }

  async #post(query: string, variables: Record<string, unknown>): Promise<Response> {
    return await postJson(`${this.#url}/api/graphql`, { query, variables }, await this.token());
  }
}

async function postJson(url: string, body: unknown, token?: string): Promise<Response> {
  return await fetch(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
}
