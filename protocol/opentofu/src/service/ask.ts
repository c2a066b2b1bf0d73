import type { Provider } from "@nixops4-resources/protocol-core";
import {
  answer,
  isObject,
  messages,
  OpenStores,
  PoolsInUse,
  type Kind,
  type Properties,
  type Requests,
} from "@nixops4-resources/protocol-core/engine";
import { Failure } from "./diagnostics.ts";

/** Sends a request to the provider's own loop, and returns the body of the answer. Throws a Failure for an error. */
export type Ask = <K extends Kind>(kind: K, body: Requests[K]) => Promise<Properties>;

/** Requests take the path of a line of input, so that every front end gives the same answers. */
export function askerOf(provider: Provider, writeLog: (text: string) => void): Ask {
  const stores = new OpenStores();
  const inUse = new PoolsInUse();
  return async (kind, body) => {
    const line = JSON.stringify({ [messages[kind].request]: body });
    const reply = await inUse.during((pools) => answer(provider, line, stores, { stderr: writeLog, pools }));
    const { errorResponse, [messages[kind].response]: response } = reply;
    if (isObject(errorResponse)) throw new Failure(String(errorResponse["message"]));
    return { ...response };
  };
}
