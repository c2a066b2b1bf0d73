import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { NetworkAccess, Wire } from "../backend.ts";
import { isWholeContract, others, us, type Clause, type Contract } from "../contract.ts";
import type { Message } from "../provider-process.ts";
import { asObject, withoutPorts, type Reply } from "../reply.ts";

/** A request that gets one wrong answer. */
interface Asked {
  readonly says: string;
  /** The deployment whose object exists; undefined if there is none. */
  readonly owner: string | undefined;
  readonly request: (contract: Contract, connection: Message) => Message;
  /** Whether every fault is tried at every call: what this request tells of an object, every other one decides by. */
  readonly isThorough?: true;
  readonly needsMark?: true;
}

const requests: readonly Asked[] = [
  {
    says: "a read",
    owner: us,
    request: (contract, connection) => contract.readRequest(contract.inputs({ connection })),
    isThorough: true,
  },
  {
    says: "a list",
    owner: us,
    request: (contract, connection) => contract.listRequest(us, connection),
    isThorough: true,
    needsMark: true,
  },
  {
    says: "a create",
    owner: undefined,
    request: (contract, connection) => contract.createRequest(contract.inputs({ connection })),
  },
  {
    says: "a create of another's object",
    owner: others,
    request: (contract, connection) => contract.createRequest(contract.inputs({ connection })),
    needsMark: true,
  },
  {
    says: "an update",
    owner: us,
    request: (contract, connection) =>
      contract.updateRequest(
        contract.inputs({ connection }),
        contract.inputs({ ...asObject(contract.terms.changed), connection }),
      ),
  },
  {
    says: "a destroy",
    owner: us,
    request: (contract, connection) => contract.destroyRequest(contract.inputs({ connection })),
  },
  {
    says: "a destroy of another's object",
    owner: others,
    request: (contract, connection) => contract.destroyRequest(contract.inputs({ connection })),
    needsMark: true,
  },
];

/**
 * Something between provider and server may answer in the server's place, or spoil its answer. Then a request fails, or its
 * answer is right; a request that failed can be repeated.
 */
export const wireFaults = (bearsMark: boolean): readonly Clause[] => [
  ...requests
    .filter(({ needsMark = false }) => bearsMark || !needsMark)
    .map((asked, index): Clause => ({
      says: `${asked.says} is right or fails, whatever is put in place of the server's answer`,
      skips: (contract) => (wireOf(contract) === undefined ? "the backend names no wrong answers" : undefined),
      check: (contract) => withEveryFault(contract, asked, index),
    })),
  {
    says: "every request fails at a base path below which the API does not answer",
    skips: (contract) =>
      networkOf(contract).wrongPath === undefined ? "the backend's address has no base path" : undefined,
    async check(contract) {
      await contract.succeed(contract.createRequest());
      const before = await contract.backend.snapshot();
      const connection = networkOf(contract).wrongPath;
      for (const { says, request, needsMark = false } of requests) {
        if (needsMark && !contract.bearsMark) continue;
        await contract.fail(request(contract, connection ?? {})).catch((cause: unknown) => {
          throw new Error(`${says}: ${String(cause)}`, { cause });
        });
      }
      expect(await contract.backend.snapshot()).toEqual(before);
    },
  },
];

async function withEveryFault(contract: Contract, asked: Asked, index: number): Promise<void> {
  const access = networkOf(contract);
  const wire = wireOf(contract);
  if (wire === undefined) throw new Error("No wrong answers are known.");
  const send = async (fault?: { call: number; by: string }): Promise<{ reply: Reply; count: number }> => {
    await using proxy = await wire.start(access.endpoint, fault);
    const inputs = access.at(proxy.endpoint);
    return { reply: await contract.send(asked.request(contract, inputs)), count: proxy.count };
  };
  await prepare(contract, asked);
  const answerOf = (body: Message | undefined): unknown => withoutPorts(contract.repeatable(body));
  const before = await contract.backend.snapshot();
  const sound = await send();
  const after = await contract.backend.snapshot();
  expect(sound.count, "calls of the undisturbed request").toBeGreaterThan(0);
  const isWriting = !isDeepStrictEqual(after, before);

  for (const fault of faultsOf(wire, sound.count, index, asked.isThorough === true || isWholeContract())) {
    if (isWriting) await prepare(contract, asked);
    const { reply } = await send(fault);
    const where = `with ${fault.by} as answer to call ${fault.call} of ${sound.count}: ${JSON.stringify(reply)}`;
    expect(reply.error?.code, where).not.toBe("protocol.bug");
    const end = await contract.backend.snapshot();
    if (reply.error === undefined) {
      expect(sound.reply.error, `a success ${where}`).toBeUndefined();
      expect(answerOf(reply.body), where).toEqual(answerOf(sound.reply.body));
      expect(end, where).toEqual(after);
    } else if (isWriting) {
      const again = await contract.succeed(asked.request(contract, contract.backend.connection));
      expect(answerOf(again.body), `the next one, ${where}`).toEqual(answerOf(sound.reply.body));
      expect(await contract.backend.snapshot(), `after the next one, ${where}`).toEqual(after);
    } else {
      expect(end, where).toEqual(before);
    }
  }
}

/** One fault per call, another one at each call and request; or all of them. */
function* faultsOf(
  { faults }: Wire,
  calls: number,
  index: number,
  isThorough: boolean,
): Iterable<{ call: number; by: string }> {
  for (let call = 1; call <= calls; call++) {
    for (const [number, by] of faults.entries()) {
      if (isThorough || number === (call + index) % faults.length) yield { call, by };
    }
  }
}

async function prepare(contract: Contract, { owner }: Asked): Promise<void> {
  await contract.backend.reset();
  if (owner !== undefined) await contract.succeed(contract.createRequest(contract.inputs({ managedBy: owner })));
}

const wireOf = (contract: Contract): Wire | undefined => networkOf(contract).wire;

function networkOf({ backend: { access } }: Contract): NetworkAccess {
  if (access.kind !== "network") throw new Error("Only what goes over a network gets wrong answers.");
  return access;
}
