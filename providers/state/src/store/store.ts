import type { StateOpening, StateStore } from "@nixops4-resources/protocol-core";
import { readState, type StateInputs } from "./read-state.ts";
import { StateWriter } from "./writer.ts";

/** Opens the state for NixOps4. A writer keeps the lock until the store is closed. */
export async function openStore(inputs: StateInputs, opening: StateOpening): Promise<StateStore> {
  if (opening.access === "write") return await StateWriter.open(inputs, opening);
  const { document } = await readState(inputs, opening);
  return {
    read: async () => document,
    append: () => Promise.reject(new TypeError("The state was opened for reading.")),
    async [Symbol.asyncDispose]() {},
  };
}
