import { afterAll, beforeEach, describe, test } from "vitest";
import type * as z from "zod/mini";
import type { AnyResource, Resource, Shape } from "../resource/resource.ts";
import type { Backend } from "./backend.ts";
import { changes } from "./clauses/changes.ts";
import { failures, networkFailures } from "./clauses/failures.ts";
import { adoptionKills, kills } from "./clauses/kills.ts";
import { lifecycle } from "./clauses/lifecycle.ts";
import { ownership } from "./clauses/ownership.ts";
import { races } from "./clauses/races.ts";
import { secrets } from "./clauses/secrets.ts";
import { Contract, type AnyTerms, type Clause, type Terms } from "./contract.ts";
import { straceLacks } from "./strace.ts";

/** The promises that a resource makes; what cannot bear a mark makes none about whose it is. */
export function clausesOf(resource: AnyResource, terms: AnyTerms): readonly Clause[] {
  const bearsMark = resource.setMark !== undefined;
  const isDisturbed = terms.notDisturbed === undefined || process.env["WHOLE_CONTRACT"] === "1";
  return [
    ...lifecycle,
    ...changes(resource, terms),
    ...(bearsMark ? ownership : []),
    ...failures,
    ...(terms.reached === "network" && isDisturbed ? networkFailures : []),
    ...races,
    ...(isDisturbed ? kills : []),
    ...(bearsMark && isDisturbed ? adoptionKills : []),
    ...secrets,
  ];
}

/**
 * Tests the promises that every resource makes, against its real server and by the provider's real executable. See
 * providers/example for how it is used. `isTested` leaves out clauses where a backend is slow and the others are tested on
 * another.
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
  isTested: (clause: Clause) => boolean = () => true,
): void {
  describe(`the contract of ${resource.type}`, () => {
    let opened: Promise<Contract> | undefined;
    // Not in beforeAll: where the server lacks, every test is skipped before it comes to this.
    beforeEach(async () => {
      opened ??= Contract.open(resource, terms);
      await (await opened).backend.reset();
    });
    afterAll(async () => {
      await (await opened)?.backend[Symbol.asyncDispose]();
    });

    for (const clause of clausesOf(resource, terms).filter(isTested)) {
      test(clause.says, async (context) => {
        const lack = terms.reached === "files" && [...kills, ...adoptionKills].includes(clause) && straceLacks();
        if (lack) context.skip(lack);
        const contract = await opened;
        if (contract === undefined) throw new Error("The contract is not open.");
        await clause.check(contract);
      });
    }
  });
}
