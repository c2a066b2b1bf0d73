import { expect } from "vitest";
import type { Clause } from "../contract.ts";

const racers = 20;

/** NixOps4 starts all that is ready at once, and two people may apply the same deployment. */
export const races: readonly Clause[] = [
  {
    says: `${racers} processes that create it at once make one thing and give one answer`,
    async check(contract) {
      const alone = await contract.succeed(contract.createRequest());
      const end = await contract.backend.snapshot();
      await contract.backend.reset();

      const replies = await Promise.all(
        Array.from({ length: racers }, () => contract.succeed(contract.createRequest())),
      );
      expect(new Set(replies.map(({ body }) => JSON.stringify(body)))).toEqual(new Set([JSON.stringify(alone.body)]));
      expect(await contract.backend.snapshot()).toEqual(end);
      // What bears no mark is made of parts: who made it is not to be told.
      if (!contract.bearsMark) return;
      expect(replies.filter(({ outcome }) => outcome === "created")).toHaveLength(1);
    },
  },
];
