import type { Caller } from "../access/caller.ts";
import type { Permission } from "../access/permission-rules.ts";
import type { Parameters } from "./parameters.ts";
import { uriUnescape } from "./uri-unescape.ts";

export type HttpMethod = "GET" | "POST" | "PUT" | "DELETE";

/** A verified call. */
export interface Call {
  readonly caller: Caller;
  /** All parameters: of the path, the query and the body. */
  readonly parameters: Parameters;
}

/** A method of the API. */
export interface Route {
  readonly method: HttpMethod;
  /** Template as in Proxmox' schema, such as `/nodes/{node}/qemu`. */
  readonly path: string;
  readonly permission: Permission;
  /** Whether tokens may not call it. */
  readonly isForTicketsOnly?: boolean;
  /** Answers with `data`; undefined is null. */
  readonly answer: (call: Call) => unknown;
}

/** A route for a request, with the decoded parameters of its path. */
export interface Match {
  readonly route: Route;
  readonly parameters: readonly (readonly [string, string])[];
}

/** Finds routes; parameters of a path have no slash, except for a volume at the end. */
export class Router {
  readonly #routes: readonly { readonly route: Route; readonly pattern: RegExp }[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  }

  find(method: string, path: string): Match | undefined {
    for (const { route, pattern } of this.#routes) {
      const found = route.method === method ? pattern.exec(path) : null;
      if (found === null) continue;
      const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
      const parameters = names.map((name, index) => [name, uriUnescape(found[index + 1] ?? "")] as const);
      return { route, parameters };
    }
    return undefined;
  }
}

/** A path template as a regular expression. */
export function patternOf(template: string): RegExp {
  const source = template.replaceAll(/\{(\w+)\}/g, (_, name) => (name === "volume" ? "(.+)" : "([^/]+)"));
  return new RegExp(`^${source}$`);
}
