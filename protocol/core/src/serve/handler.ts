import type { Task } from "../converge/task.ts";
import type { AnyResource } from "../resource/resource.ts";
import type { Kind, Requests } from "../wire/wire.ts";
import type { OpenStores } from "./open-stores.ts";
import type { Provider } from "./provider.ts";

/** The data that a handler needs to answer a line. */
export interface Context {
  provider: Provider;
  line: string;
  stores: OpenStores;
  /** Called when the inputs are parsed. Applies their time limit, and makes messages name the resource. */
  begin: (task: Task) => Task;
}

/** The body of the answer. Requests that write also have an outcome. */
export interface Done {
  body: object;
  outcome?: string;
}

export type Handlers = { [K in Kind]?: (body: Requests[K], context: Context) => Promise<Done> };

/** Loads the definition of a type from its own chunk. */
export async function load(provider: Provider, type: string): Promise<AnyResource> {
  const loader = Object.hasOwn(provider.types, type) ? provider.types[type] : undefined;
  if (loader !== undefined) return (await loader()).default;
  throw (await import("./rejected-type.ts")).unknownType(provider, type);
}
