import type { Resource, Shape } from "@nixops4-resources/protocol-core";
import {
  isWholeContract,
  testResource as testContract,
  type Backend,
  type Terms,
} from "@nixops4-resources/protocol-core/testing";
import type * as z from "zod/mini";
import { openTofuClauses, underOpenTofu } from "./clauses.ts";
import { survivesKills } from "./clauses/kills.ts";

/**
 * The contract of a resource, with its rules under the real OpenTofu. Those cost half a minute, so that they run on every
 * run for one type, and for the others with WHOLE_CONTRACT=1. The plugin is killed only for that one type: the contract kills
 * the requests of all.
 */
export function testResource<
  Connection extends z.ZodMiniType,
  Inputs extends Shape,
  Outputs extends Shape,
  Reader extends AsyncDisposable,
  Writer extends Reader,
  B extends Backend,
>(
  resource: Resource<Connection, Inputs, Outputs, Reader, Writer>,
  terms: Terms<Inputs, B>,
  { openTofu = "whole contract" }: { readonly openTofu?: "always" | "whole contract" } = {},
): void {
  const isTried = openTofu === "always" || isWholeContract();
  const clauses = isTried ? openTofuClauses(resource, terms) : [];
  testContract(resource, terms, underOpenTofu([...clauses, ...(openTofu === "always" ? [survivesKills] : [])]));
}
