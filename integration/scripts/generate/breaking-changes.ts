import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ProviderDescription } from "@nixops4-resources/protocol-core";
import { incompatibilities } from "./compatibility.ts";
import { interfaceOf } from "./interface.ts";
import { announced, readInterface, type BreakingChange, type Releases } from "./releases.ts";

export interface Comparison {
  /** Every breaking change with its decision record, as docs/released.json lists them. */
  readonly decided: readonly BreakingChange[];
  /** Breaking changes that nothing explains, as sentences. */
  readonly undecided: readonly string[];
}

/**
 * Compares the providers with their last release. A breaking change needs a decision record, already listed or now given
 * as `decision`, and a changeset that names the provider.
 */
export function compareWithRelease(
  root: string,
  releases: Releases,
  descriptions: readonly ProviderDescription[],
  decision?: string,
): Comparison {
  const decided: BreakingChange[] = [];
  const undecided: string[] = [];
  const announcedProviders = announced(root);
  for (const [provider, changes] of changesByProvider(root, releases, descriptions)) {
    if (changes.length === 0) continue;
    const isRemoved = !descriptions.some(({ provider: { name } }) => name === provider);
    if (!isRemoved && !announcedProviders.has(provider)) {
      undecided.push(`${provider}: the changeset of a breaking change is missing; run \`pnpm changeset\`.`);
    }
    for (const change of changes) {
      const record = releases.breaking.find((known) => known.change === change)?.decision ?? decision;
      if (record !== undefined && isDecision(root, record)) decided.push({ change, decision: record });
      else undecided.push(change);
    }
  }
  return { decided, undecided };
}

export function isDecision(root: string, file: string): boolean {
  return /^docs\/adr\/\d{3}-[a-z0-9-]+\.md$/.test(file) && existsSync(join(root, file));
}

function changesByProvider(
  root: string,
  releases: Releases,
  descriptions: readonly ProviderDescription[],
): [string, string[]][] {
  return Object.entries(releases.providers).map(([provider, version]) => {
    const before = readInterface(root, provider, version);
    const description = descriptions.find(({ provider: { name } }) => name === provider);
    const changes =
      description === undefined ? ["the provider was removed"] : incompatibilities(before, interfaceOf(description));
    return [provider, changes.map((change) => `${provider}: ${change}.`)];
  });
}
