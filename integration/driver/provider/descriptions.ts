import type { Provider } from "../evaluation/member.ts";
import { describeProvider, type ResourceTypes } from "./describe.ts";
import type { ProviderSurroundings } from "./process.ts";

/** The resource types of providers; each program is asked once. */
export class Descriptions {
  readonly #surroundings: ProviderSurroundings;
  readonly #types = new Map<string, Promise<ResourceTypes>>();

  constructor(env: NodeJS.ProcessEnv) {
    this.#surroundings = { env, onMessage() {} };
  }

  /** See `describeProvider`. */
  async of(provider: Provider): Promise<ResourceTypes> {
    const key = JSON.stringify(provider);
    const asked = this.#types.get(key) ?? describeProvider(provider, this.#surroundings);
    this.#types.set(key, asked);
    return await asked;
  }
}
