import { expect } from "vitest";
import { us, type Clause, type Contract } from "../contract.ts";
import type { Message } from "../provider-process.ts";
import { asObject, type Reply } from "../reply.ts";

/** Most requests of the contract go to one long-lived process; NixOps4 starts a process per resource. */
export const processes: readonly Clause[] = [
  {
    says: "a process of its own gives the same answers as the long-lived process",
    async check(contract) {
      const together = await liveOn(contract, (request) => contract.send(request));
      const alone = await liveOn(contract, (request) => contract.sendAlone(request));
      expect(alone).toEqual(together);
    },
  },
];

/** Answers to the requests of a whole life, from the beginning. */
async function liveOn(contract: Contract, send: (request: Message) => Promise<Reply>): Promise<object[]> {
  await contract.backend.reset();
  const answers: object[] = [];
  for (const request of wholeLife(contract)) {
    const { body, error, outcome } = await send(request);
    // Messages may tell times and ports.
    const answer = error === undefined ? contract.repeatable(body) : { code: error.code, hint: error.hint };
    answers.push({ request: Object.keys(request), outcome, answer });
  }
  return answers;
}

/** Every kind of request, looks before and after writes and failures: a process that remembers a look would repeat it. */
function wholeLife(contract: Contract): Message[] {
  const inputs = contract.inputs();
  const changed = contract.inputs(asObject(contract.terms.changed));
  const [broken = {}] = Object.values(contract.backend.broken);
  return [
    contract.planRequest(),
    contract.createRequest(),
    contract.readRequest(),
    contract.createRequest(contract.inputs({ connection: broken, timeoutSeconds: 20 })),
    contract.planRequest(changed, inputs),
    contract.updateRequest(inputs, changed),
    contract.readRequest(changed),
    contract.createRequest(),
    contract.listRequest(us),
    contract.destroyRequest(),
    contract.readRequest(),
  ];
}
