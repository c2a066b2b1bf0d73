import {
  parseExact,
  ProviderError,
  retry,
  waitFor,
  type ClientRequest,
  type Connecting,
} from "@nixops4-resources/protocol-core";
import { HttpReader, type Answer } from "@nixops4-resources/protocol-http";
import * as z from "zod/mini";
import { strangerTo, targetOf, type Connection } from "../connection.ts";
import type { ErrorCode } from "../errors.ts";
import { looking, type Call, type Generation, type Sent } from "./call.ts";
import { errorIn, failure, isMissing, notGarage, refusal, requireRegion } from "./failure.ts";
import {
  apiBucket,
  apiKey,
  apiListedBucket,
  apiListedKey,
  apiNode,
  apiNodeInfo,
  apiStatusV1,
  apiToken,
  type ApiBucket,
  type ApiKey,
  type ApiListedBucket,
  type ApiListedKey,
  type ApiToken,
} from "./shapes.ts";

/** Longest page of a list. Older servers know no pages and end a list after as many entries without a word. */
const pageSize = 10_000;

/** The admin API, for looking only. */
export class GarageReader implements AsyncDisposable {
  readonly connection: Connection;
  /** False for a destroy request: the sources of secrets may already be gone. */
  readonly needsSecrets: boolean;
  readonly #http: HttpReader;
  readonly #request: Connecting;
  #generation: Promise<Generation> | undefined;
  #version: Promise<readonly number[] | undefined> | undefined;

  constructor(connection: Connection, request: ClientRequest, http = new HttpReader(targetOf(connection), request)) {
    this.connection = connection;
    this.needsSecrets = request.needsSecrets;
    this.#http = http;
    this.#request = request;
  }

  /** The generation of the API. Asked once, without a token, so that the server answers before it hashes one. */
  generation(): Promise<Generation> {
    this.#generation ??= this.#ask();
    return this.#generation;
  }

  /** Routing precedes the login: v1 does not know the path, v2 asks for a token. Both tell the region. */
  async #ask(): Promise<Generation> {
    await using stranger = new HttpReader(strangerTo(this.connection), this.#request);
    const answer = await patiently(this.connection.url, async () => passed(await stranger.get("/v2/GetClusterHealth")));
    const error = errorIn(answer);
    if (error === undefined || ![400, 403].includes(answer.status)) throw notGarage(answer);
    requireRegion(this.connection, error);
    return answer.status === 403 ? 2 : 1;
  }

  /** The parts of the server's version; undefined if it has none, such as a build from a branch. */
  version(): Promise<readonly number[] | undefined> {
    this.#version ??= this.#askVersion();
    return this.#version;
  }

  async #askVersion(): Promise<readonly number[] | undefined> {
    const call = looking("GetNodeInfo", { node: "self" });
    const answer = await this.look({ ...call, v1: looking("", {}, "/v1/status").v1 });
    const text =
      (await this.generation()) === 2
        ? apiNode.safeParse(Object.values(Object(parsed(answer, apiNodeInfo).success))[0]).data?.garageVersion
        : parsed(answer, apiStatusV1).garageVersion;
    return /\d+\.\d+\.\d+/
      .exec(text ?? "")?.[0]
      .split(".")
      .map(Number);
  }

  /** Throws unless the server has this version or a newer one. One that tells no version is trusted: every write is read back. */
  async requireVersion(what: string, needed: readonly [number, number]): Promise<void> {
    const found = await this.version();
    if (found === undefined) return;
    const [major = 0, minor = 0] = found;
    if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return;
    throw failure(
      `${what} needs Garage ${needed.join(".")}, and ${this.connection.url} has ${found.join(".")}`,
      "garage.version.unsupported",
      `Upgrade Garage, or leave out ${what}`,
    );
  }

  bucketById = (id: string): Promise<ApiBucket | undefined> => this.#find(bucketCall({ id }), apiBucket);

  /** The bucket that the alias leads to. A bucket may list an alias that leads elsewhere: only this lookup decides. */
  bucketByAlias = (globalAlias: string): Promise<ApiBucket | undefined> =>
    this.#find(bucketCall({ globalAlias }), apiBucket);

  buckets = (): Promise<ApiListedBucket[]> => this.#list("ListBuckets", apiListedBucket, "/v1/bucket");

  key(id: string, options: { withSecret?: boolean } = {}): Promise<ApiKey | undefined> {
    const query = { id, ...(options.withSecret === true && { showSecretKey: "true" }) };
    return this.#find(looking("GetKeyInfo", query, "/v1/key"), apiKey);
  }

  keys = (): Promise<ApiListedKey[]> => this.#list("ListKeys", apiListedKey, "/v1/key");

  token = (id: string): Promise<ApiToken | undefined> => this.#find(looking("GetAdminTokenInfo", { id }), apiToken);

  tokens = async (): Promise<ApiToken[]> => parsed(await this.look(looking("ListAdminTokens", {})), z.array(apiToken));

  /** The answer to a call that looks, if it is a success. A failed look is repeated until the request's deadline. */
  protected async look(call: Call): Promise<Answer> {
    return await this.accepted(call, await this.#answer(call));
  }

  async #find<T>(call: Call, schema: z.ZodMiniType<T>): Promise<T | undefined> {
    const answer = await this.#answer(call);
    return isMissing(answer) ? undefined : parsed(await this.accepted(call, answer), schema);
  }

  /** All pages of a list; each begins with the last entry of the one before. */
  async #list<T extends { id: string }>(endpoint: string, schema: z.ZodMiniType<T>, v1: string): Promise<T[]> {
    const all: T[] = [];
    for (;;) {
      const last = all.at(-1)?.id;
      const query = { limit: String(pageSize), ...(last !== undefined && { offset: last }) };
      const answer = await this.look({ ...looking(endpoint, query), v1: looking("", {}, v1).v1 });
      const page = parsed(answer, z.array(schema));
      if (last !== undefined && page[0]?.id !== last) throw endless(this.connection.url);
      all.push(...page.slice(last === undefined ? 0 : 1));
      if (page.length < pageSize) return all;
    }
  }

  async #answer(call: Call): Promise<Answer> {
    const { path } = await this.sent(call);
    return await patiently(this.connection.url, async () => passed(await this.#http.get(path)));
  }

  /** The call in the server's generation. */
  protected async sent({ endpoint, v1, v2 }: Call): Promise<Sent> {
    if ((await this.generation()) === 2) return v2;
    if (v1 !== undefined) return v1;
    throw failure(
      `${endpoint} needs Garage 2.0, and ${this.connection.url} has an older version`,
      "garage.version.unsupported",
      "Upgrade Garage",
    );
  }

  /** The answer, if it is a success. Throws why Garage refused the call. */
  protected async accepted({ endpoint }: Call, answer: Answer): Promise<Answer> {
    if (answer.status >= 200 && answer.status < 300) return answer;
    if (answer.status === 403 && errorIn(answer) !== undefined) throw await this.#refusedLogin(endpoint);
    throw refusal(answer);
  }

  /**
   * Garage has one answer for a wrong token, an expired one, and a missing scope. Only with a missing scope, a token may
   * still ask about itself.
   */
  async #refusedLogin(endpoint: string): Promise<ProviderError> {
    const { url } = this.connection;
    const answer = await this.#http.get("/v2/GetCurrentAdminTokenInfo");
    const { success, data: token } = apiToken.safeParse(answer.tryJson());
    if (answer.status === 200 && success) {
      return failure(
        `the scope of the admin token ${JSON.stringify(token.name)} does not include ${endpoint}`,
        "garage.token.scope",
        `Add ${endpoint} to the token's scope: the documentation of this type lists what it needs`,
      );
    }
    return failure(
      `${url} does not accept the admin token: it is wrong, or it has expired`,
      "garage.token.refused",
      "Check the secret of `connection.token`, and its expiration with `garage admin-token list`. The token of Garage's configuration must not contain a dot",
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]();
  }
}

/** A server that knows no pages sends the same one again: what comes after it cannot be seen. */
const endless = (url: string): ProviderError =>
  failure(
    `${url} lists no more than ${pageSize} entries`,
    "garage.version.unsupported",
    "Upgrade Garage to 2.5, which sends longer lists in pages",
  );

/** The content of a successful answer, which must have this form. Numbers keep their spelling. */
export function parsed<T>(answer: Answer, schema: z.ZodMiniType<T>): T {
  answer.json();
  const { success, data } = schema.safeParse(parseExact(answer.text));
  // Throws with the place of the unexpected value.
  return success ? data : answer.as(schema);
}

const bucketCall = (by: { id: string } | { globalAlias: string }): Call =>
  looking("GetBucketInfo", { ...by }, "/v1/bucket");

/** Throws if the server failed: then the answer says nothing. */
function passed(answer: Answer): Answer {
  if (answer.status < 500) return answer;
  throw refusal(answer);
}

/** A server that recovers from a failure answers 500 or 503 for a while. Only looks are repeated, until the deadline. */
async function patiently(url: string, look: () => Promise<Answer>): Promise<Answer> {
  let cause = "";
  const isSafe = (error: unknown): boolean => {
    if (!(error instanceof ProviderError) || error.code !== ("garage.server.failed" satisfies ErrorCode)) return false;
    cause = ` (it ${error.message.slice(url.length + 1)})`;
    return true;
  };
  return await waitFor(
    () => `an answer of ${url}${cause}`,
    () => retry(look, { isSafe, tries: Number.POSITIVE_INFINITY }),
  );
}
