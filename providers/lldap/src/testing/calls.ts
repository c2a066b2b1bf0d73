import { CallProxy, type Deployment, type Endpoint } from "@nixops4-resources/protocol-core/testing";
import type { Suite } from "./suite.ts";

/** Calls of HTTP that a deployment needs for the work. Each login is one. */
export async function countCalls(suite: Suite, work: (deployment: Deployment) => Promise<unknown>): Promise<number> {
  const { endpoint, through } = partsOf(suite);
  await using proxy = await CallProxy.start(endpoint);
  await work(through(proxy));
  return proxy.answered.length;
}

/** Does the work of a deployment. Its call of this number, counted from 1, is held back until `meanwhile` is done. */
export async function overtake<T>(
  suite: Suite,
  work: (deployment: Deployment) => Promise<T>,
  at: number,
  meanwhile: () => Promise<unknown>,
): Promise<T> {
  const { endpoint, through } = partsOf(suite);
  let isDone = false;
  await using proxy = await CallProxy.observe(endpoint, async (call) => {
    if (call !== at) return;
    await meanwhile();
    isDone = true;
  });
  const result = await work(through(proxy));
  if (!isDone) throw new Error(`There were fewer than ${at} calls.`);
  return result;
}

function partsOf(suite: Suite) {
  const { access } = suite.backend;
  if (access.kind !== "network") throw new Error("lldap is behind a port.");
  const through = (proxy: { readonly endpoint: Endpoint }): Deployment => suite.connecting(access.at(proxy.endpoint));
  return { endpoint: access.endpoint, through };
}
