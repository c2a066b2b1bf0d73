// How JSON Schema writes references to secrets. Apart from their checks, since only `describe` and the generators want it.
import * as z from "zod/mini";
import { directSecretRef, secretRef } from "./ref.ts";
import { patterns } from "./kinds.ts";

const path = { type: "string" as const, pattern: patterns.path, "x-nix-type": "runtimePath" };
const texts = { type: "array" as const, items: { type: "string" as const }, minItems: 1 };
type Schema = z.core.JSONSchema.BaseSchema;

/** Objects with exactly one of the fields. */
const choice = (kinds: Readonly<Record<string, Schema>>): Schema[] =>
  Object.keys(kinds).map((name) => record({ [name]: kinds[name] ?? {} }));

function record(properties: Record<string, Schema>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", properties, required, additionalProperties: false };
}

const directKinds = {
  file: { ...path, description: "File that holds the secret. Only its owner may read it (mode 0600 or less)." },
  env: {
    type: "string" as const,
    pattern: patterns.env,
    description: "Environment variable of the provider's process that holds the secret.",
  },
  credential: {
    type: "string" as const,
    pattern: patterns.credential,
    description: "Name of a systemd credential (LoadCredential=): a file in $CREDENTIALS_DIRECTORY.",
  },
  command: { ...texts, description: "Program and arguments, run without a shell; what it prints is the secret." },
};

const allKinds = {
  ...directKinds,
  age: {
    ...record({
      file: { ...path, description: "File that age encrypts." },
      identity: {
        description: "Key that opens it: an age identity, or an SSH private key without a passphrase.",
        anyOf: choice(directKinds),
      },
    }),
    description: "File that age encrypts, also one of agenix, and the key that opens it.",
  },
  sops: {
    ...record({
      file: { ...path, description: "File that sops encrypts." },
      key: { ...texts, description: "Names on the way to the value." },
    }),
    description: "Value in a file that sops encrypts. Needs the program `sops` on PATH.",
  },
  store: {
    ...record(
      {
        name: { type: "string" as const, minLength: 1, description: "Name of the secret." },
        version: {
          type: "integer" as const,
          minimum: 1,
          description: "Version of the secret; left out or null, the current one.",
        },
        id: {
          type: "string" as const,
          pattern: patterns.versionId,
          description:
            "Random id of that version. A store that was restored from a backup may have another value under the same number; then the reference fails.",
        },
        directory: { type: "object" as const, description: "The store, where it is a directory." },
        postgres: { type: "object" as const, description: "The store, where it is in PostgreSQL." },
      },
      ["version", "id", "directory", "postgres"],
    ),
    description: "Secret that the provider `secrets` keeps: its output `ref`.",
  },
};

secretRef.register(z.globalRegistry, {
  id: "SecretRef",
  description: "Reference to a secret; the value itself never enters Nix, the protocol or the state.",
  "x-nix-type": "secretRef",
  anyOf: choice(allKinds),
});
directSecretRef.register(z.globalRegistry, {
  id: "DirectSecretRef",
  description: "Reference to a key; the value itself never enters Nix, the protocol or the state.",
  "x-nix-type": "directSecretRef",
  anyOf: choice(directKinds),
});
