import { afterAll, beforeEach, describe, test } from "vitest";
import type * as z from "zod/mini";
import type { AnyResource, Resource, Shape } from "../resource/resource.ts";
import type { Backend } from "./backend.ts";
import { changes } from "./clauses/changes.ts";
import { failures, networkFailures } from "./clauses/failures.ts";
import { adoptionKills, createKills, kills } from "./clauses/kills.ts";
import { lifecycle, retention } from "./clauses/lifecycle.ts";
import { overtaking } from "./clauses/overtaking.ts";
import { lowering, ownership } from "./clauses/ownership.ts";
import { processes } from "./clauses/processes.ts";
import { replays } from "./clauses/replays.ts";
import { races } from "./clauses/races.ts";
import { sharing } from "./clauses/sharing.ts";
import { standbys } from "./clauses/standby.ts";
import { userFiles } from "./clauses/user-files.ts";
import { wireFaults } from "./clauses/wire-faults.ts";
import { Contract, isWholeContract, OutcomeUnknown, type AnyTerms, type Clause, type Terms } from "./contract.ts";
import { straceMissing } from "./strace.ts";
import { isTraining, trainResource } from "./training/train-resource.ts";

/** The rules that a resource follows. A type without a mark has no rules of ownership. */
export function clausesOf(resource: AnyResource, terms: AnyTerms): readonly Clause[] {
  const bearsMark = resource.setMark !== undefined;
  const isDisturbed = terms.notDisturbed === undefined || isWholeContract();
  const isShort = terms.slow !== undefined && !isWholeContract();
  return [
    ...lifecycle,
    ...(resource.retainedByDefault ? retention : []),
    ...changes(resource, terms),
    ...(bearsMark ? ownership : []),
    ...(resource.lowering === undefined ? [] : lowering),
    ...failures,
    ...(terms.standby === undefined ? [] : standbys),
    ...(terms.sharedWith === undefined ? [] : sharing(terms.slow === undefined || isWholeContract() ? 10 : 2)),
    ...(isDisturbed ? disturbances(terms, bearsMark) : []),
  ].filter(({ isAboutInputs = false }) => !isAboutInputs || !isShort);
}

const disturbances = (terms: AnyTerms, bearsMark: boolean): readonly Clause[] => [
  ...processes,
  ...(terms.reached === "network" ? [...networkFailures, ...replays] : []),
  ...(terms.reached === "network" && (terms.wrongAnswersElsewhere === undefined || isWholeContract())
    ? wireFaults(bearsMark)
    : []),
  ...userFiles,
  ...races(terms.slow === undefined || isWholeContract() ? 20 : 3),
  ...(terms.onlyCreatesKilled === undefined || isWholeContract()
    ? [...kills, ...(bearsMark ? adoptionKills : [])]
    : createKills),
  ...(bearsMark && terms.neverOvertaken === undefined && (terms.overtakenElsewhere === undefined || isWholeContract())
    ? overtaking
    : []),
];

/** The rules that need a tracer for files. */
const traced = new Set([...kills, ...adoptionKills, ...overtaking]);

/** How often a rule is checked while workers are killed. On a busy machine each check could be hit. */
const checksWithKills = 3;

/** Checks the rule while workers may be killed. */
async function checkRepeated(contract: Contract, clause: Clause): Promise<void> {
  for (let checks = 0; clause.counts !== true && checks < checksWithKills; checks++) {
    try {
      return await clause.check(contract);
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error;
      await contract.backend.reset();
    }
  }
  await contract.whileWorkersLive(() => clause.check(contract));
}

/**
 * Tests the rules that every resource follows, against its real server and with the provider's real executable. See
 * providers/example for an example. `further` rules come from another front end.
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
  further: readonly Clause[] = [],
): void {
  if (isTraining()) return trainResource(resource, terms);
  describe(`the contract of ${resource.type}`, () => {
    let opened: Promise<Contract> | undefined;
    // Not in beforeAll: if the server is missing, every test is skipped before it gets here.
    beforeEach(async () => {
      opened ??= Contract.open(resource, terms);
      await (await opened).backend.reset();
    });
    afterAll(async () => {
      await (await opened)?.[Symbol.asyncDispose]();
    });

    for (const clause of [...clausesOf(resource, terms), ...further]) {
      test(clause.says, async (context) => {
        const missing = terms.reached === "files" && traced.has(clause) && straceMissing();
        if (missing) context.skip(missing);
        const contract = await opened;
        if (contract === undefined) throw new Error("The contract is not open.");
        const reason = clause.skips?.(contract);
        if (reason !== undefined) context.skip(reason);
        await (contract.areRepeated ? checkRepeated(contract, clause) : clause.check(contract));
      });
    }
  });
}
