// References to secrets as JSON Schema, with the descriptions of nix/types.nix. Separate from the checks in kinds.ts, since
// only `describe` and the generators load it.
import * as z from "zod/mini";
import { directSecretRef, secretRef } from "./ref.ts";
import { patterns } from "./kinds.ts";

const path = { type: "string" as const, pattern: patterns.path, "x-nix-type": "runtimePath" };
const texts = { type: "array" as const, items: { type: "string" as const }, minItems: 1 };
type Schema = z.core.JSONSchema.BaseSchema;

/** Schemas of objects with exactly one of the fields. */
const choice = (kinds: Readonly<Record<string, Schema>>): Schema[] =>
  Object.keys(kinds).map((name) => record({ [name]: kinds[name] ?? {} }));

function record(properties: Record<string, Schema>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", properties, required, additionalProperties: false };
}

const directKinds = {
  file: {
    ...path,
    description: "File that contains the secret. Only its owner may have access to it (mode 0600 or less).",
  },
  env: {
    type: "string" as const,
    pattern: patterns.env,
    description: "Environment variable of the provider that contains the secret.",
  },
  credential: {
    type: "string" as const,
    pattern: patterns.credential,
    description: "Name of the systemd credential (LoadCredential=) that contains the secret.",
  },
  command: {
    ...texts,
    description:
      "Program and arguments, run without a shell; the bytes that it prints are the secret. Each request runs it once.",
  },
};

const allKinds = {
  ...directKinds,
  age: {
    ...record({
      file: { ...path, description: "Path of the encrypted file." },
      identity: {
        description: "Age identity or SSH private key, without a passphrase, that decrypts the file.",
        anyOf: choice(directKinds),
      },
    }),
    description: "File encrypted with age, including files of agenix.",
  },
  sops: {
    ...record(
      {
        file: { ...path, description: "File that sops encrypts." },
        key: {
          type: "array" as const,
          items: { anyOf: [{ type: "string" as const }, { type: "integer" as const, minimum: 0 }] },
          minItems: 1,
          description:
            "Names on the way to the value, and positions in lists, which start at 0. Null or no key means the whole decrypted file.",
        },
      },
      ["key"],
    ),
    description: "File encrypted with sops, or a value in it. Needs the program `sops` on PATH.",
  },
  store: {
    ...record(
      {
        name: { type: "string" as const, minLength: 1, description: "Name of the secret." },
        version: {
          type: "integer" as const,
          minimum: 1,
          description: "Version of the secret; null or no version uses the current one.",
        },
        directory: { type: "object" as const, description: "Store in a folder of age files." },
        postgres: {
          type: "object" as const,
          description: "Store in PostgreSQL, as `connection.store.postgres` of the provider `secrets`.",
        },
        id: {
          type: "string" as const,
          pattern: patterns.versionId,
          description:
            "Random id of that version. A store that was restored from a backup may have another value under the same number; then the reference fails.",
        },
      },
      ["version", "id", "directory", "postgres"],
    ),
    description: "Secret in a store of the provider `secrets`: the output `ref` of a `secret`.",
  },
};

secretRef.register(z.globalRegistry, {
  id: "SecretRef",
  description: "Reference to a secret. The secret itself never reaches Nix, the protocol, the state or a log.",
  "x-nix-type": "secretRef",
  anyOf: choice(allKinds),
});
directSecretRef.register(z.globalRegistry, {
  id: "DirectSecretRef",
  description: "Reference to a key. The key itself never reaches Nix, the protocol, the state or a log.",
  "x-nix-type": "directSecretRef",
  anyOf: choice(directKinds),
});
