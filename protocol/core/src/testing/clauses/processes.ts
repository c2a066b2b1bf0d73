import { expect } from "vitest";
import { isWholeContract, us, type Clause, type Contract } from "../contract.ts";
import type { Message } from "../provider-process.ts";
import { asObject, type Reply } from "../reply.ts";

/**
 * Most requests of the contract go to one process, side by side with others; NixOps4 starts a process per resource. Here the same requests
 * get a process each, which logs as much as it can.
 */
export const processes: readonly Clause[] = [
  {
    says: "processes of their own give the same answers as the long-lived one, and reveal no secret at log level debug",
    async check(contract) {
      const { backend, resource } = contract;
      const { secretElsewhere = {} } = contract.terms;
      for (const field of resource.secret ?? []) {
        if (String(field) in secretElsewhere) continue;
        expect(contract.inputs()[String(field)] ?? null, `a secret to try in ${String(field)}`).not.toBeNull();
      }
      const together = await liveOn(contract, (request) => contract.send(request));
      const alone = await liveOn(contract, (request) => contract.sendAlone(request));
      expect(alone).toEqual(together);
      const log = await backend.log();
      for (const canary of contract.canaries) expect(log.includes(canary), "a secret in the server's log").toBe(false);
    },
  },
];

/** Answers to the requests of a life, from the beginning. */
async function liveOn(contract: Contract, send: (request: Message) => Promise<Reply>): Promise<object[]> {
  await contract.backend.reset();
  const answers: object[] = [];
  for (const request of contract.isSlow ? shortLife(contract) : wholeLife(contract)) {
    const { body, error, outcome } = await send(request);
    // Messages may contain times and ports.
    const answer = error === undefined ? contract.repeatable(body) : { code: error.code, hint: error.hint };
    answers.push({ request: Object.keys(request), outcome, answer });
  }
  return answers;
}

/** Every kind of request, with lookups before and after writes and failures: a stale lookup would show. */
function wholeLife(contract: Contract): Message[] {
  const inputs = contract.inputs();
  const changed = contract.inputs(asObject(contract.terms.changed));
  const isOneEnough = contract.terms.oneBrokenConnection !== undefined && !isWholeContract();
  const broken = Object.values(contract.backend.broken).slice(0, isOneEnough ? 1 : undefined);
  return [
    contract.planRequest(),
    contract.createRequest(),
    contract.readRequest(),
    contract.wrongRequest(),
    contract.createRequest(contract.inputs({ managedBy: "somebody-else" })),
    ...broken.map((connection) => contract.createRequest(contract.inputs({ connection, timeoutSeconds: 20 }))),
    contract.planRequest(changed, inputs),
    contract.updateRequest(inputs, changed),
    contract.readRequest(changed),
    contract.updateRequest(changed, inputs),
    contract.listRequest(us),
    contract.destroyRequest(),
    contract.readRequest(),
  ];
}

/** For a backend of which each request takes seconds. */
function shortLife(contract: Contract): Message[] {
  const inputs = contract.inputs();
  const changed = contract.inputs(asObject(contract.terms.changed));
  return [contract.createRequest(), contract.updateRequest(inputs, changed), contract.destroyRequest(changed)];
}
