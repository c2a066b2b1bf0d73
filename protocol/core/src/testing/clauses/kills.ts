import { expect } from "vitest";
import type { Clause, Contract } from "../contract.ts";
import { findKillPoints, type KillPoint } from "../kill-points.ts";
import type { Message } from "../provider-process.ts";
import { asObject } from "../reply.ts";
import { KilledElsewhere } from "../strace.ts";

export const createKills: readonly Clause[] = [
  {
    says: "the next create completes a create that was killed at any call",
    counts: true,
    check: (contract) =>
      survivesEveryKill(contract, {
        prepare: async () => undefined,
        request: (connection) => contract.createRequest(contract.inputs({ connection })),
      }),
  },
];

/** Requests that may be interrupted at any point, with and without a mark. */
export const kills: readonly Clause[] = [
  ...createKills,
  {
    says: "the next update completes an update that was killed at any call",
    counts: true,
    check: (contract) =>
      survivesEveryKill(contract, {
        prepare: () => contract.succeed(contract.createRequest()),
        request: (connection) =>
          contract.updateRequest(
            contract.inputs({ connection }),
            contract.inputs({ ...asObject(contract.terms.changed), connection }),
          ),
      }),
  },
  {
    says: "the next destroy completes a destroy that was killed at any call",
    counts: true,
    check: (contract) =>
      survivesEveryKill(contract, {
        prepare: () => contract.succeed(contract.createRequest()),
        request: (connection) => contract.destroyRequest(contract.inputs({ connection })),
      }),
  },
];

export const adoptionKills: readonly Clause[] = [
  {
    says: "the next adoption completes an adoption that was killed at any call",
    counts: true,
    check: (contract) =>
      survivesEveryKill(contract, {
        prepare: async () => contract.terms.makeUnmarked?.(contract.backend),
        request: (connection) => contract.createRequest(contract.inputs({ connection, adopt: true })),
      }),
  },
];

interface Interrupted {
  prepare: () => Promise<unknown>;
  request: (connection: Message) => Message;
}

/** Kills the request at each moment, sends it again, and compares the result with an undisturbed run. */
async function survivesEveryKill(contract: Contract, { prepare, request }: Interrupted): Promise<void> {
  const { backend, provider } = contract;
  const again = request(backend.connection);
  await prepare();
  const points = await findKillPoints(provider, backend, request);
  const { body } = await contract.succeed(again);
  const end = await backend.snapshot();
  expect(points.length, "moments to kill at").toBeGreaterThan(1);

  for (const point of points) {
    await killAt(point, async () => {
      await backend.reset();
      await prepare();
    });
    const finished = await contract.succeed(again).catch((cause: unknown) => {
      throw new Error(`Killed ${point.where}, then: ${String(cause)}`, { cause });
    });
    expect(contract.repeatable(finished.body), `the answer after a kill ${point.where}`).toEqual(
      contract.repeatable(body),
    );
    expect(await backend.snapshot(), `the backend after a kill ${point.where}`).toEqual(end);
  }
}

/** A run that was killed at another call is repeated from the beginning. */
async function killAt(point: KillPoint, prepare: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    await prepare();
    try {
      return await point.kill();
    } catch (error) {
      if (!(error instanceof KilledElsewhere) || tries === 10) throw error;
    }
  }
}
