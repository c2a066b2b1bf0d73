import { expect, test } from "vitest";
import type { AnyResource } from "../../resource/resource.ts";
import { Contract, type AnyTerms } from "../contract.ts";
import { startProvider } from "../provider-process.ts";
import { train } from "./train.ts";

/** Whether the contracts train code caches instead of testing. */
export const isTraining = (): boolean => process.env["TRAIN_CODE_CACHES"] === "1";

const begun = new Set<string>();

/**
 * Trains the caches of a type by a create that creates, and one that finds the object unchanged. Only the first contract of
 * a type does that, so that the servers of the others need not start.
 */
export function trainResource(resource: AnyResource, terms: AnyTerms): void {
  const key = `${terms.main} ${resource.type}`;
  const isFirst = !begun.has(key);
  begun.add(key);
  // Skipped for the others: a suite without any test would fail, and nothing starts for one whose tests are all skipped.
  test.runIf(isFirst)(`trains the code caches of ${resource.type}`, async () => {
    await using contract = await Contract.open(resource, terms);
    await train(contract.executable, resource.type, async (executable) => {
      await contract.backend.reset();
      const provider = startProvider(executable);
      for (const request of [contract.createRequest(), contract.createRequest()]) {
        provider.send(request);
        expect(Object.keys(await provider.answer()), provider.shown().stderr).toEqual(["createResourceResponse"]);
      }
      await provider.finish();
    });
  });
}
