import type { Value } from "../values/value.ts";
import type { ProviderSchema } from "./form.ts";
import { sourceOf } from "./source.ts";

/** The settings of a provider, in JSON syntax. */
interface Settings {
  readonly connection: Value;
  readonly managed_by: string;
}

/** The blocks of all providers: one for each connection and deployment. */
export class ProviderBlocks {
  readonly #sources = new Map<string, string>();
  readonly #blocks = new Map<string, Settings[]>();

  /** Adds a block if there is none with these settings. Returns what a resource says to use it; nothing for the first block. */
  use(provider: ProviderSchema, settings: Settings): { provider?: string } {
    const { name } = provider;
    this.#sources.set(name, sourceOf(provider));
    const blocks = this.#blocks.get(name) ?? [];
    this.#blocks.set(name, blocks);
    const known = blocks.findIndex((block) => JSON.stringify(block) === JSON.stringify(settings));
    const index = known === -1 ? blocks.push(settings) - 1 : known;
    return index === 0 ? {} : { provider: `${name}.${aliasOf(index)}` };
  }

  written(): object {
    const required = [...this.#sources].map(([name, source]) => [name, { source }]);
    return {
      terraform: { required_providers: Object.fromEntries(required) },
      provider: Object.fromEntries(
        [...this.#blocks].map(([name, blocks]) => [
          name,
          blocks.map((settings, index) => ({ ...(index > 0 && { alias: aliasOf(index) }), ...settings })),
        ]),
      ),
    };
  }
}

const aliasOf = (index: number): string => `connection_${index + 1}`;
