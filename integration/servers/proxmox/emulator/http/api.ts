import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { success, type Answer } from "./answer.ts";
import { bodyParameters, checkFraming, formParameters, type Given, type Kinds } from "./body.ts";
import { Parameters } from "./parameters.ts";
import { Router, type HttpMethod, type Match, type Route } from "./route.ts";
import { isUpload, receiveUpload } from "./uploads.ts";
import { authenticate } from "../access/authenticate.ts";
import { callerOf, type Caller } from "../access/caller.ts";
import { checkPermission, world } from "../access/permission-rules.ts";
import type { Datacenter } from "../cluster/datacenter.ts";
import { forbidden, notEmulated, Refusal } from "../refusal.ts";
import type { Spec } from "../schema/spec.ts";
import { verify } from "../schema/verify.ts";

/** A request on its way through the API. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly method: string;
  /** After `/api2/json`, without the query. */
  readonly path: string;
  readonly query: string;
  /** For the log; empty until the caller is known. */
  caller: string;
}

/** The methods of the API: authentication, permission, verification, work, in this order. Source: PVE/HTTPServer.pm */
export class Api {
  readonly #datacenter: Datacenter;
  readonly #router: Router;
  readonly #spec: Spec | undefined;

  constructor(datacenter: Datacenter, routes: readonly Route[], spec: Spec | undefined) {
    this.#datacenter = datacenter;
    this.#router = new Router(routes);
    this.#spec = spec;
  }

  async answer(exchange: Exchange): Promise<Answer> {
    const { request, method, path, query } = exchange;
    checkFraming(request);
    const match = this.#router.find(method, path);
    if (match !== undefined && isUpload(request, match.route)) return await this.#upload(exchange, match);
    const caller = this.#callerOf(exchange, match);
    if (match === undefined) throw this.#unknown(method, path);
    if (match.route.isForTicketsOnly === true && caller.tokenId !== undefined) {
      // Reference: the check "but not change it later"
      throw forbidden(`URI '${path}' not available with API token, need proper ticket.\n`);
    }
    const { values, kinds } = await bodyParameters(request);
    return this.#call(match, caller, [...values, ...formParameters(query), ...match.parameters], kinds);
  }

  /** Before the body has come only 401 and 403 are answered, after 3 s. Reference: section 13, upload */
  async #upload(exchange: Exchange, match: Match): Promise<Answer> {
    const caller = await this.#uploaderOf(exchange, match);
    const given = await receiveUpload(exchange.request, this.#datacenter.uploads);
    return this.#call(match, caller, [...given, ...match.parameters]);
  }

  async #uploaderOf(exchange: Exchange, match: Match): Promise<Caller> {
    try {
      const caller = this.#callerOf(exchange, match);
      checkPermission(match.route.permission, this.#datacenter.access, caller, new Parameters(match.parameters));
      return caller;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await sleep(3000);
      throw new Refusal(error.status, error.message, { isBare: true });
    }
  }

  /** Who calls. Without a login only the route of tickets is open. */
  #callerOf(exchange: Exchange, match: Match | undefined): Caller {
    if (match?.route.permission === world) return callerOf("");
    const caller = authenticate(this.#datacenter.access, exchange.request);
    exchange.caller = caller.name;
    return caller;
  }

  async #call({ route }: Match, caller: Caller, given: Given, kinds: Kinds = new Map()): Promise<Answer> {
    const parameters = new Parameters(given);
    checkPermission(route.permission, this.#datacenter.access, caller, parameters);
    if (route.path.startsWith("/nodes/{node}/")) this.#checkNode(parameters.required("node"));
    const properties = this.#spec?.parametersOf(route.method, route.path);
    if (properties !== undefined) verify(new Map(parameters.entries), properties, kinds);
    return success(await route.answer({ caller, parameters }));
  }

  #checkNode(name: string): void {
    if (!this.#datacenter.node(name).isDown) return;
    // The proxy of another node gives up after 3 s; the emulator at once. Reference: section 1.1
    throw new Refusal(595, "No route to host", { isBare: true });
  }

  #unknown(method: string, path: string): Refusal {
    const isKnown = this.#spec?.has(method, path) ?? true;
    if (isKnown) return notEmulated(`${method} ${path}`);
    return new Refusal(501, `Method '${method} ${path}' not implemented`);
  }
}

export const isMethod = (method: string): method is HttpMethod => ["GET", "POST", "PUT", "DELETE"].includes(method);
