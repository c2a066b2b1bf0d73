import { defineResource, option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { connection, connectReader, connectWriter } from "../connection.ts";
import { generatorInput } from "../generators/generators.ts";
import {
  createSecret,
  immutable,
  secretInputs,
  secretOutputs,
  leastRights,
  listSecrets,
  findSecret,
  refusal,
  currentInputs,
  currentOutputs,
  updateSecret,
} from "./lifecycle.ts";

export default defineResource({
  type: "secret",
  description:
    "A secret that is made once and kept in a store. What it outputs is a reference: the value goes only to who resolves that, at the moment of use.",
  requireState: false,
  connection,
  inputs: {
    ...secretInputs,
    generator: option(
      generatorInput,
      "How the value is made: exactly one kind. Another kind, or other inputs of it, need a raised `generation`: else they are refused, and the value stays.",
    ),
  },
  outputs: {
    ...secretOutputs,
    public: option(
      z.record(z.string(), z.string()),
      "What belongs to the value and may be known, by name: the public key, the certificate. Each kind of generator says what it has.",
    ),
    expiresAt: option(
      z.nullable(z.string()),
      "Time from which on the value is of no use, in ISO 8601; null where there is none. Nothing is renewed by itself.",
    ),
  },
  immutable,
  secret: ["generator"],
  stableOutputs: [],
  leastRights,
  example: { name: "shop/db-password", generator: { password: { length: 40 } } },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(store, want) {
    const found = await findSecret(store, want, want.generator);
    if (found === undefined) return undefined;
    const { mark, current } = found.stored;
    const { public: parts, expiresAt } = current;
    return {
      mark,
      inputs: { ...currentInputs(found), generator: found.madeBy },
      outputs: { ...currentOutputs(found, want.connection), public: { ...parts }, expiresAt },
    };
  },

  refuse: (want, { inputs: { generation, generator: madeBy } }) =>
    refusal(want, want.generator, { generation, madeBy }),

  create: async (store, want, mark) => createSecret(store, want, want.generator, mark),

  update: async (store, want, { changed, seen: { outputs } }) =>
    updateSecret(store, want, want.generator, {
      changed,
      version: outputs.version,
      remake: changed.has("generation") || changed.has("generator"),
    }),

  delete: async (store, { name }) => store.remove(name),

  setMark: async (store, { name }, mark) => store.change(name, { mark: mark ?? null }),

  list: async (store, managedBy) => listSecrets(store, "secret", managedBy),
});
