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
import { asGiven } from "./specification.ts";

export default defineResource({
  type: "secret",
  description:
    "Secret that is generated once and stored encrypted. Its output is a reference: only a provider that resolves the reference gets the value, at the moment of use.",
  requireState: false,
  identity: ["name"],
  connection,
  inputs: {
    ...secretInputs,
    generator: option(
      generatorInput,
      "Generator of the value: exactly one kind. Changing the kind or its inputs needs a higher `generation`; otherwise the change is rejected and the value is kept.",
    ),
  },
  outputs: {
    ...secretOutputs,
    public: option(
      z.record(z.string(), z.string()),
      "Public parts of the value, by name, such as a public key or a certificate. Each generator documents its own.",
    ),
    expiresAt: option(
      z.nullable(z.string()),
      "Expiry time of the value, in ISO 8601; null if it does not expire. Nothing is renewed automatically.",
    ),
  },
  immutable,
  secret: ["generator"],
  withCurrentNames: (remembered) => ({ ...remembered, generator: asGiven(remembered["generator"]) }),
  stableOutputs: [],
  leastRights,
  example: { name: "shop/db-password", generator: { password: { length: 40 } } },
  exampleConnection: {
    store: { directory: { folder: "/srv/secrets", identity: { file: "/root/secrets-identity" } } },
  },

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

  update: async (store, want, { changed, mark, seen: { outputs } }) =>
    updateSecret(store, want, want.generator, {
      changed,
      mark,
      version: outputs.version,
      remake: changed.has("generation") || changed.has("generator"),
    }),

  delete: async (store, { name }, { mark }) => store.remove(name, { mark }),

  setMark: async (store, { name }, mark, expected) => store.change(name, { mark: mark ?? null }, { mark: expected }),

  list: async (store, managedBy) => listSecrets(store, "secret", managedBy),
});
