import { expect } from "vitest";
import type { Clause, Contract } from "../contract.ts";
import { ask, type Message } from "../provider-process.ts";
import { asObject, replyOf } from "../reply.ts";

/** Every process of the contract is looked at for secrets; this one also where it says all it can. */
export const secrets: readonly Clause[] = [
  {
    says: "no secret is seen in any output, log, error, state or command line, nor in the server's log",
    async check(contract) {
      const { backend, resource } = contract;
      for (const field of resource.secret ?? []) {
        expect(contract.inputs()[String(field)] ?? null, `a secret to try in ${String(field)}`).not.toBeNull();
      }
      for (const request of talkativeRequests(contract)) await speakUp(contract, request);
      const log = await backend.log();
      for (const canary of contract.canaries) expect(log.includes(canary), "a secret in the server's log").toBe(false);
    },
  },
];

/** A whole life, and what goes wrong in it. */
function talkativeRequests(contract: Contract): Message[] {
  const inputs = contract.inputs();
  const changed = contract.inputs(asObject(contract.terms.changed));
  return [
    contract.planRequest(),
    contract.createRequest(),
    contract.createRequest(contract.inputs({ managedBy: "Not A Name" })),
    contract.createRequest(contract.inputs({ managedBy: "somebody-else" })),
    contract.readRequest(changed),
    contract.updateRequest(inputs, changed),
    contract.updateRequest(changed, inputs),
    contract.listRequest("contract"),
    ...Object.values(contract.backend.broken).map((connection) =>
      contract.createRequest(contract.inputs({ connection, timeoutSeconds: 20 })),
    ),
    contract.destroyRequest(),
  ];
}

async function speakUp(contract: Contract, request: Message): Promise<void> {
  const { executable } = contract;
  const environment = { ...executable.environment, NIXOPS4_RESOURCES_LOG: "debug" };
  const finished = await ask({ ...executable, environment }, request);
  replyOf(finished, request);
  contract.expectNoSecret(finished);
}
