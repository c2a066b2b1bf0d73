import { expect } from "vitest";
import { isWholeContract, type Clause, type Contract } from "../contract.ts";
import { ask, type Message } from "../provider-process.ts";
import { asObject, replyOf } from "../reply.ts";

/** Every answer of the contract is searched for secrets; these processes also log as much as they can. */
export const secrets: readonly Clause[] = [
  {
    says: "no secret appears in stdout, stderr, a command line or the server's log",
    async check(contract) {
      const { backend, resource } = contract;
      for (const field of resource.secret ?? []) {
        expect(contract.inputs()[String(field)] ?? null, `a secret to try in ${String(field)}`).not.toBeNull();
      }
      for (const request of verboseRequests(contract)) await sendVerbosely(contract, request);
      const log = await backend.log();
      for (const canary of contract.canaries) expect(log.includes(canary), "a secret in the server's log").toBe(false);
    },
  },
];

/** A whole life, with failures. */
function verboseRequests(contract: Contract): Message[] {
  const inputs = contract.inputs();
  const changed = contract.inputs(asObject(contract.terms.changed));
  const isOneEnough = contract.terms.oneBrokenConnection !== undefined && !isWholeContract();
  const broken = Object.values(contract.backend.broken).slice(0, isOneEnough ? 1 : undefined);
  return [
    contract.planRequest(),
    contract.createRequest(),
    contract.createRequest(contract.inputs({ managedBy: "Not A Name" })),
    contract.createRequest(contract.inputs({ managedBy: "somebody-else" })),
    contract.readRequest(changed),
    contract.updateRequest(inputs, changed),
    contract.updateRequest(changed, inputs),
    contract.listRequest("contract"),
    ...broken.map((connection) => contract.createRequest(contract.inputs({ connection, timeoutSeconds: 20 }))),
    contract.destroyRequest(),
  ];
}

async function sendVerbosely(contract: Contract, request: Message): Promise<void> {
  const { executable } = contract;
  const environment = { ...executable.environment, NIXOPS4_RESOURCES_LOG: "debug" };
  const finished = await ask({ ...executable, environment }, request);
  replyOf(finished, request);
  contract.expectNoSecret(finished);
}
