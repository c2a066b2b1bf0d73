import { CallProxy, type Clause, type Contract, type NetworkAccess } from "@nixops4-resources/protocol-core/testing";
import { expect } from "vitest";
import { expectStatus, Trial } from "../trial.ts";

/** For objects over a network. The rules of ownership let a create fail on every backend, if the type carries a mark. */
export const failedCreate: Clause = {
  says: "a create that fails after its first write leaves no state, and the next apply continues from what exists",
  async check(contract) {
    const { backend } = contract;
    const { access } = backend;
    if (access.kind !== "network") return;
    const last = await callAfterWrite(contract, access);
    const end = await backend.snapshot();
    await backend.reset();
    using trial = await Trial.begin(contract);
    const { project } = trial;
    let left = Infinity;
    {
      await using proxy = await CallProxy.observe(access.endpoint, async () => {
        if (--left <= 0) throw new Error("This call and those after it fail.");
      });
      trial.declare({ connection: access.at(proxy.endpoint) });
      expectStatus(await project.plan("-out=saved.plan"), 2);
      left = last;
      const failed = await project.apply("saved.plan");
      expectStatus(failed, 1);
      expect(failed.output).toContain("The state does not contain this resource until an apply succeeds");
      expect(trial.recorded).toEqual([]);
    }
    await trial.applied();
    await trial.expectSettled();
    expect(await backend.snapshot(), "after the next apply").toEqual(end);
  },
};

/** The number of the first call of a create that follows a write; its last call if none does. */
async function callAfterWrite(contract: Contract, access: NetworkAccess): Promise<number> {
  const { backend } = contract;
  const before = JSON.stringify(await backend.writes());
  const afterWrite = new Set<number>();
  await using proxy = await CallProxy.observe(access.endpoint, async (call) => {
    if (JSON.stringify(await backend.writes()) !== before) afterWrite.add(call);
  });
  const { error } = await contract.sendAlone(
    contract.createRequest(contract.inputs({ connection: access.at(proxy.endpoint) })),
  );
  expect(error).toBe(undefined);
  const calls = proxy.answered;
  return calls.find((call) => afterWrite.has(call)) ?? calls.at(-1) ?? 1;
}
