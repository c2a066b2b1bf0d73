import type { Provider } from "../evaluation/member.ts";
import { describeProvider, type ResourceTypes } from "./describe.ts";
import type { Asking, ProviderProcesses } from "./processes.ts";

/** The resource types of providers; each program is asked once. */
export class Descriptions {
  readonly #asking: Asking;
  readonly #types = new Map<string, Promise<ResourceTypes>>();

  constructor(processes: ProviderProcesses) {
    this.#asking = processes.for(() => {});
  }

  /** See `describeProvider`. */
  async of(provider: Provider): Promise<ResourceTypes> {
    const key = JSON.stringify(provider);
    const asked = this.#types.get(key) ?? describeProvider(provider, this.#asking);
    this.#types.set(key, asked);
    return await asked;
  }
}
