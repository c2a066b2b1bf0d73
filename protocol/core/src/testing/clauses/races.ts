import { expect } from "vitest";
import type { Clause, Contract } from "../contract.ts";
import { startProvider, type Message } from "../provider-process.ts";
import type { Reply } from "../reply.ts";

/** NixOps4 starts all ready resources at once, and two people may apply the same deployment. */
export const races = (racers: number): readonly Clause[] => [
  {
    says: `${racers} concurrent creates yield one object and equal outputs`,
    counts: true,
    async check(contract) {
      const alone = await contract.succeed(contract.createRequest());
      const end = await contract.backend.snapshot();
      await contract.backend.reset();

      const requests = Array.from({ length: racers }, () => contract.createRequest());
      const replies = await Promise.all(await startTogether(requests, contract));
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

/**
 * Sends each request to a process that runs already; otherwise each would finish before the next one starts. A wrong request
 * has loaded the type's code.
 */
export async function startTogether(requests: readonly Message[], contract: Contract): Promise<Promise<Reply>[]> {
  const first = contract.wrongRequest();
  const started = requests.map((request) => ({ request, provider: startProvider(contract.executable) }));
  await Promise.all(
    started.map(async ({ provider }) => {
      provider.send(first);
      await provider.answer();
    }),
  );
  for (const { provider, request } of started) provider.send(request);
  return started.map(async ({ provider, request }) => {
    const finished = await provider.finish();
    const [answers, outcomes] = [finished.answers.slice(1), finished.outcomes.slice(1)];
    return contract.replyOf({ ...finished, answers, outcomes }, request);
  });
}
