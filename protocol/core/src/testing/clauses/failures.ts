import { expect } from "vitest";
import type { NetworkAccess } from "../backend.ts";
import { CallProxy, type Disturbance } from "../call-proxy.ts";
import { isWholeContract, us, type Clause, type Contract } from "../contract.ts";
import { decisiveCalls } from "../kill-points.ts";
import type { Message } from "../provider-process.ts";
import type { ReplyError } from "../reply.ts";

/** If the backend does not answer, the request fails; the object never counts as missing. */
export const failures: readonly Clause[] = [
  {
    says: "every request fails when the backend is unreachable or rejects the connection",
    async check(contract) {
      await contract.succeed(contract.createRequest());
      const before = await contract.backend.snapshot();
      const { broken } = contract.backend;
      expect(Object.keys(broken), "broken connections").not.toEqual([]);
      const isOneEnough = contract.terms.oneBrokenConnection !== undefined && !isWholeContract();
      for (const [what, connection] of Object.entries(broken).slice(0, isOneEnough ? 1 : undefined)) {
        const inputs = contract.inputs({ connection, timeoutSeconds: 20 });
        const requests = [
          contract.readRequest(inputs),
          contract.planRequest(inputs),
          contract.createRequest(inputs),
          contract.updateRequest(inputs, inputs),
          contract.destroyRequest(inputs),
          ...(contract.bearsMark ? [contract.listRequest(us, connection)] : []),
        ];
        for (const request of requests) {
          await contract.fail(request).catch((cause: unknown) => {
            throw new Error(`With ${what}: ${String(cause)}`, { cause });
          });
        }
      }
      expect(await contract.backend.snapshot()).toEqual(before);
    },
  },
];

/** The same for a server that accepts the connection and then fails. */
export const networkFailures: readonly Clause[] = [
  {
    says: "a read fails when the server closes the connection at any call",
    counts: true,
    async check(contract) {
      const readVia = via(contract, (inputs) => contract.readRequest(inputs));
      await contract.succeed(contract.createRequest());
      for (const call of await countCalls(contract, readVia)) {
        await failDisturbed(contract, { call, when: "before", afterwards: "close" }, readVia);
      }
    },
  },
  {
    says: "a create fails when the server closes the connection at any call, and the next create completes it",
    counts: true,
    async check(contract) {
      const createVia = via(contract, (inputs) => contract.createRequest(inputs));
      const calls = await decisiveCalls(contract.backend, networkOf(contract), (connection) =>
        contract.succeed(createVia(connection)),
      );
      const end = await contract.backend.snapshot();
      for (const call of calls) {
        await contract.backend.reset();
        await failDisturbed(contract, { call, when: "after", afterwards: "close" }, createVia);
        await contract.succeed(contract.createRequest());
        expect(await contract.backend.snapshot(), `after call ${call}`).toEqual(end);
      }
    },
  },
  {
    says: "a request fails after `timeoutSeconds` when the server stops answering",
    counts: true,
    async check(contract) {
      const createVia = via(contract, (inputs) => contract.createRequest({ ...inputs, timeoutSeconds: 1 }));
      // The undisturbed run has more time: the machine may be busy.
      const calls = await countCalls(
        contract,
        via(contract, (inputs) => contract.createRequest(inputs)),
      );
      for (const call of new Set([...calls.slice(0, 1), ...calls.slice(-1)])) {
        await contract.backend.reset();
        const started = performance.now();
        const error = await failDisturbed(contract, { call, when: "before", afterwards: "stall" }, createVia);
        expect(error.code).toBe("protocol.timeout");
        expect(performance.now() - started, "milliseconds").toBeLessThan(5000);
      }
    },
  },
];

type RequestVia = (connection: Message) => Message;

const via =
  (contract: Contract, request: (inputs: Message) => Message): RequestVia =>
  (connection) =>
    request(contract.inputs({ connection, timeoutSeconds: 20 }));

/** The calls of an undisturbed request that were answered. */
async function countCalls(contract: Contract, requestVia: RequestVia): Promise<number[]> {
  const access = networkOf(contract);
  await using proxy = await CallProxy.start(access.endpoint);
  await contract.succeed(requestVia(access.at(proxy.endpoint)));
  return proxy.answered;
}

async function failDisturbed(
  contract: Contract,
  disturbance: Disturbance,
  requestVia: RequestVia,
): Promise<ReplyError> {
  const access = networkOf(contract);
  await using proxy = await CallProxy.start(access.endpoint, disturbance);
  return await contract.fail(requestVia(access.at(proxy.endpoint)));
}

function networkOf({ backend: { access } }: Contract): NetworkAccess {
  if (access.kind !== "network") throw new Error("Only a network connection can be closed.");
  return access;
}
