import { expect } from "vitest";
import { us, type Clause } from "../contract.ts";

/** A read-only copy of a server lags behind it: that it lacks an object proves nothing, and it takes no write. */
export const standbys: readonly Clause[] = [
  {
    says: "every request fails on a read-only copy of the server, and nothing counts as missing there",
    async check(contract) {
      const connection = await contract.terms.standby?.(contract.backend);
      if (connection === undefined) throw new Error("There is no copy.");
      // Not created before, so that the copy certainly lacks it; then it exists, and the copy may lag.
      for (const exists of [false, true]) {
        if (exists) await contract.succeed(contract.createRequest());
        const before = await contract.backend.snapshot();
        const inputs = contract.inputs({ connection, timeoutSeconds: 20 });
        const requests = {
          read: contract.readRequest(inputs),
          plan: contract.planRequest(inputs),
          create: contract.createRequest(inputs),
          update: contract.updateRequest(inputs, inputs),
          destroy: contract.destroyRequest(inputs),
          ...(contract.bearsMark && { list: contract.listRequest(us, connection) }),
        };
        for (const [what, request] of Object.entries(requests)) {
          await contract.fail(request).catch((cause: unknown) => {
            throw new Error(`A ${what}: ${String(cause)}`, { cause });
          });
        }
        expect(await contract.backend.snapshot()).toEqual(before);
      }
    },
  },
];
