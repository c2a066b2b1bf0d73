import { expect } from "vitest";
import type { Clause, Contract } from "../contract.ts";
import { startProvider, type Message } from "../provider-process.ts";
import type { Reply } from "../reply.ts";

const racers = 20;
const slowRacers = 3;

/** NixOps4 starts all ready resources at once, and two people may apply the same deployment. */
export const races: readonly Clause[] = [
  {
    says: "concurrent creates yield one object and equal outputs",
    async check(contract) {
      const alone = await contract.succeed(contract.createRequest());
      const end = await contract.backend.snapshot();
      await contract.backend.reset();

      const replies = await Promise.all(await startTogether(contract, contract.createRequest()));
      const [first] = replies;
      expect(contract.repeatable(first?.body), first?.error?.message).toEqual(contract.repeatable(alone.body));
      for (const { body, error } of replies) expect(body, error?.message).toEqual(first?.body);
      expect(await contract.backend.snapshot()).toEqual(end);
      // A type without a mark consists of parts: several processes may have created some.
      if (!contract.bearsMark) return;
      expect(replies.filter(({ outcome }) => outcome === "created")).toHaveLength(1);
    },
  },
];

/** Sends the request to processes that all run already; otherwise each would finish before the next one starts. */
async function startTogether(contract: Contract, request: Message): Promise<Promise<Reply>[]> {
  const providers = Array.from({ length: contract.isSlow ? slowRacers : racers }, () =>
    startProvider(contract.executable),
  );
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
