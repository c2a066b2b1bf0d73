import { ProviderError } from "./error.ts";
import type { StateStore } from "./state-store.ts";
import { prepare } from "./task.ts";
import type { AnyResource } from "./resource.ts";
import type { ExtantResource } from "./wire.ts";

/** The state stores that this process has opened: each stays open until the end of input. */
export interface OpenStores extends AsyncDisposable {
  of(resource: AnyResource, extant: ExtantResource): Promise<StateStore>;
}

export function openStores(): OpenStores {
  const opened = new Map<string, StateStore>();
  return {
    async of(resource, { type, inputProperties }) {
      const key = JSON.stringify([type, inputProperties]);
      const known = opened.get(key);
      if (known !== undefined) return known;
      const { want } = await prepare(resource, inputProperties, "remembered");
      if (resource.openStateStore === undefined) {
        throw new ProviderError(`resources of type ${type} do not store NixOps4's state`, {
          code: "protocol.state.unsupported",
          hint: "Let `state` name a resource of a state provider, such as state_file",
        });
      }
      const store = await resource.openStateStore(want);
      opened.set(key, store);
      return store;
    },
    async [Symbol.asyncDispose]() {
      const stores = [...opened.values()];
      opened.clear();
      for (const store of stores) await store[Symbol.asyncDispose]();
    },
  };
}
