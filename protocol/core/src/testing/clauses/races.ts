import { expect } from "vitest";
import type { Clause, Contract } from "../contract.ts";
import { startProvider, type Message } from "../provider-process.ts";
import type { Reply } from "../reply.ts";

const racers = 20;

/** NixOps4 starts all that is ready at once, and two people may apply the same deployment. */
export const races: readonly Clause[] = [
  {
    says: `${racers} processes that create it at once make one thing and give one answer`,
    async check(contract) {
      const alone = await contract.succeed(contract.createRequest());
      const end = await contract.backend.snapshot();
      await contract.backend.reset();

      const replies = await Promise.all(await startTogether(contract, contract.createRequest()));
      const [first] = replies;
      expect(contract.repeatable(first?.body), first?.error?.message).toEqual(contract.repeatable(alone.body));
      for (const { body, error } of replies) expect(body, error?.message).toEqual(first?.body);
      expect(await contract.backend.snapshot()).toEqual(end);
      // What bears no mark is made of parts: who made it is not to be told.
      if (!contract.bearsMark) return;
      expect(replies.filter(({ outcome }) => outcome === "created")).toHaveLength(1);
    },
  },
];

/** Sends the request to processes that are all up already: else each would be done before the next had started. */
async function startTogether(contract: Contract, request: Message): Promise<Promise<Reply>[]> {
  const providers = Array.from({ length: racers }, () => startProvider(contract.executable));
  await Promise.all(
    providers.map(async (provider) => {
      provider.send({ describeProviderRequest: {} });
      await provider.answer();
    }),
  );
  for (const provider of providers) provider.send(request);
  return providers.map(async (provider) => {
    const finished = await provider.finish();
    return contract.replyOf({ ...finished, answers: finished.answers.slice(1) }, request);
  });
}
