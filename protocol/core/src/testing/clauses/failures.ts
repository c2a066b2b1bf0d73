import { expect } from "vitest";
import type { NetworkAccess } from "../backend.ts";
import { CallProxy, type Disturbance } from "../call-proxy.ts";
import { us, type Clause, type Contract } from "../contract.ts";
import type { Message } from "../provider-process.ts";
import type { ToldError } from "../reply.ts";

/** A backend that does not answer is an error; never is the thing "missing" then. */
export const failures: readonly Clause[] = [
  {
    says: "a backend that cannot be reached or that refuses us is an error of every request",
    async check(contract) {
      await contract.succeed(contract.createRequest());
      const before = await contract.backend.snapshot();
      const { broken } = contract.backend;
      expect(Object.keys(broken), "broken connections").not.toEqual([]);
      for (const [what, connection] of Object.entries(broken)) {
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

/** The same of a server that is reached, and then fails. */
export const networkFailures: readonly Clause[] = [
  {
    says: "a server that closes the connection at any call of a read is an error",
    async check(contract) {
      const readVia = via(contract, (inputs) => contract.readRequest(inputs));
      await contract.succeed(contract.createRequest());
      for (const call of await countCalls(contract, readVia)) {
        await failDisturbed(contract, { call, when: "before", afterwards: "close" }, readVia);
      }
    },
  },
  {
    says: "a server that closes the connection at any call of a create is an error, and create again goes on from there",
    async check(contract) {
      const createVia = via(contract, (inputs) => contract.createRequest(inputs));
      const calls = await countCalls(contract, createVia);
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
    says: "a server that stops answering is an error when `timeoutSeconds` are over",
    async check(contract) {
      const createVia = via(contract, (inputs) => contract.createRequest({ ...inputs, timeoutSeconds: 1 }));
      // Undisturbed it may take as long as a busy machine does.
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

/** Does the request, undisturbed; the calls that got an answer. */
async function countCalls(contract: Contract, requestVia: RequestVia): Promise<number[]> {
  const access = networkOf(contract);
  await using proxy = await CallProxy.start(access.endpoint);
  await contract.succeed(requestVia(access.at(proxy.endpoint)));
  return proxy.answered;
}

async function failDisturbed(contract: Contract, disturbance: Disturbance, requestVia: RequestVia): Promise<ToldError> {
  const access = networkOf(contract);
  await using proxy = await CallProxy.start(access.endpoint, disturbance);
  return await contract.fail(requestVia(access.at(proxy.endpoint)));
}

function networkOf({ backend: { access } }: Contract): NetworkAccess {
  if (access.kind !== "network") throw new Error("Only what is reached over a network can hang up.");
  return access;
}
