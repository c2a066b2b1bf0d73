import { expect } from "vitest";
import type { Clause, Contract } from "../contract.ts";
import { findKillPoints } from "../kill-points.ts";
import type { Message } from "../provider-process.ts";
import { asObject } from "../reply.ts";

/** Requests that may be cut off anywhere, for what bears a mark and what does not. */
export const kills: readonly Clause[] = [
  {
    says: "a create that was killed before or after any call is finished by the next one",
    check: (contract) =>
      survivesEveryKill(contract, {
        prepare: async () => undefined,
        request: (connection) => contract.createRequest(contract.inputs({ connection })),
      }),
  },
  {
    says: "an update that was killed before or after any call is finished by the next one",
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
    says: "a destroy that was killed before or after any call is finished by the next one",
    check: (contract) =>
      survivesEveryKill(contract, {
        prepare: () => contract.succeed(contract.createRequest()),
        request: (connection) => contract.destroyRequest(contract.inputs({ connection })),
      }),
  },
];

export const adoptionKills: readonly Clause[] = [
  {
    says: "an adoption that was killed before or after any call is finished by the next one",
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

/** Kills the request at each of its moments, sends it again, and compares with a run that nobody disturbed. */
async function survivesEveryKill(contract: Contract, { prepare, request }: Interrupted): Promise<void> {
  const { backend, executable } = contract;
  const again = request(backend.connection);
  await prepare();
  const points = await findKillPoints(executable, backend, request);
  const { body } = await contract.succeed(again);
  const end = await backend.snapshot();
  expect(points.length, "moments to be killed at").toBeGreaterThan(1);

  for (const point of points) {
    await backend.reset();
    await prepare();
    await point.kill();
    const finished = await contract.succeed(again).catch((cause: unknown) => {
      throw new Error(`Killed ${point.where}, then: ${String(cause)}`, { cause });
    });
    expect(finished.body, `the answer after having been killed ${point.where}`).toEqual(body);
    expect(await backend.snapshot(), `what is there after having been killed ${point.where}`).toEqual(end);
  }
}
