import type { AnyResource } from "@nixops4-resources/protocol-core";
import { openTofuMissing } from "@nixops4-resources/integration-servers/opentofu/program";
import type { AnyTerms, Clause } from "@nixops4-resources/protocol-core/testing";
import { changes } from "./clauses/changes.ts";
import { failedCreate } from "./clauses/failed-create.ts";
import { lifecycle } from "./clauses/lifecycle.ts";
import { ownership } from "./clauses/ownership.ts";

/** The rules of a resource under the real OpenTofu, with the terms and the server of its contract. */
export const openTofuClauses = (resource: AnyResource, terms: AnyTerms): readonly Clause[] => [
  ...lifecycle,
  ...changes(resource, terms),
  ...(terms.reached === "network" ? [failedCreate] : []),
  ...(resource.setMark === undefined ? [] : ownership),
];

/** The clauses as the contract runs them: with the name of the engine, and skipped without it. */
export const underOpenTofu = (clauses: readonly Clause[]): Clause[] =>
  clauses.map((clause) => ({
    ...clause,
    says: `OpenTofu: ${clause.says}`,
    skips: (contract) => openTofuMissing() ?? clause.skips?.(contract),
  }));
