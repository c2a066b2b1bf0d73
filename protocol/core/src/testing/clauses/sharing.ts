import { expect } from "vitest";
import { others, type Clause, type Contract } from "../contract.ts";
import type { Message } from "../provider-process.ts";
import { asObject } from "../reply.ts";
import { startTogether } from "./races.ts";

/** Two deployments whose resources own parts of one object. */
export const sharing = (rounds: number): readonly Clause[] => [
  {
    says: `two deployments that race on one shared object both keep their parts, ${rounds} times`,
    counts: true,
    async check(contract) {
      const [ours, theirs] = [contract.inputs(), theirInputs(contract)];
      const before = await contract.backend.snapshot();
      await contract.succeed(contract.createRequest(ours));
      await contract.succeed(contract.createRequest(theirs));
      const both = await contract.backend.snapshot();
      await contract.backend.reset();

      for (let round = 1; round <= rounds; round++) {
        await succeedTogether(contract, "created", contract.createRequest(ours), contract.createRequest(theirs));
        expect(await contract.backend.snapshot(), `after the creates of round ${round}`).toEqual(both);
        await succeedTogether(contract, "deleted", contract.destroyRequest(ours), contract.destroyRequest(theirs));
        expect(await contract.backend.snapshot(), `after the destroys of round ${round}`).toEqual(before);
      }
    },
  },
  {
    says: "a change and a destroy of one part of a shared object leave the other deployment's part alone",
    async check(contract) {
      const [ours, theirs] = [contract.inputs(), theirInputs(contract)];
      const changed = contract.inputs(asObject(contract.terms.sharedWith?.changed));
      await contract.succeed(contract.createRequest(theirs));
      const alone = await contract.backend.snapshot();
      await contract.succeed(contract.createRequest(ours));
      const both = await contract.backend.snapshot();

      expect((await contract.succeed(contract.createRequest(changed))).outcome).toBe("updated");
      expect(await contract.backend.snapshot(), "after the change").not.toEqual(both);
      await unchanged(contract, theirs);
      expect((await contract.succeed(contract.createRequest(ours))).outcome).toBe("updated");
      expect(await contract.backend.snapshot(), "after changing back").toEqual(both);
      await unchanged(contract, theirs);
      expect((await contract.succeed(contract.destroyRequest(ours))).outcome).toBe("deleted");
      expect(await contract.backend.snapshot(), "after the destroy").toEqual(alone);
    },
  },
];

const theirInputs = (contract: Contract): Message =>
  contract.inputs({ managedBy: others, ...asObject(contract.terms.sharedWith?.other) });

async function succeedTogether(contract: Contract, outcome: string, ...requests: readonly Message[]): Promise<void> {
  const replies = await Promise.all(await startTogether(requests, contract));
  for (const reply of replies) expect([reply.outcome, reply.error?.message]).toEqual([outcome, undefined]);
}

async function unchanged(contract: Contract, inputs: Message): Promise<void> {
  const { outcome } = await contract.withoutWriting(() => contract.succeed(contract.createRequest(inputs)));
  expect(outcome).toBe("unchanged");
}
