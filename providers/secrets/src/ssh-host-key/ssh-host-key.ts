import { defineResource, option, ProviderError, somethingElse } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { connection, connectReader, connectWriter } from "../connection.ts";
import type { ErrorCode } from "../errors.ts";
import type { Given } from "../generators/generators.ts";
import { keyAlgorithm, keyAlgorithms } from "../generators/key-pair.ts";
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
} from "../secret/lifecycle.ts";

export default defineResource({
  type: "ssh_host_key",
  description:
    "SSH host key of a machine, generated before the machine exists. The private key is a secret in the store; the outputs have what clients, DNS and secret tools need to know.",
  requireState: false,
  identity: ["name"],
  connection,
  inputs: {
    ...secretInputs,
    algorithm: option(
      keyAlgorithm(),
      "Algorithm and size of the key. Changing it needs a higher `generation`.",
      "ed25519",
    ),
    hostNames: option(
      z.array(z.string().check(z.regex(/^[^\s,*?!|@#]+$/))).check(z.minLength(1)),
      "Names and addresses under which clients reach the machine. Write a port other than 22 as `[web.example.org]:2222`.",
    ),
  },
  outputs: {
    ...secretOutputs,
    publicKey: option(z.string(), "Public key, in one line. It is also the recipient for agenix."),
    knownHosts: option(z.string(), "Line for `known_hosts` with all host names."),
    sshfp: option(
      z.array(z.string()),
      "Values of the SSHFP records of the machine's names, such as `4 2 1f3a...`: the algorithm, SHA-256, and the hash.",
    ),
    ageRecipient: option(
      z.nullable(z.string()),
      "Recipient (`age1...`) for sops, as `ssh-to-age` computes it: the private key decrypts. Null unless the key is `ed25519`.",
    ),
  },
  immutable,
  stableOutputs: [],
  leastRights,
  example: { name: "web/ssh-host-key", hostNames: ["web.example.org", "192.0.2.1"] },
  exampleConnection: {
    store: { directory: { folder: "/srv/secrets", identity: { file: "/root/secrets-identity" } } },
  },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(store, want) {
    const found = await findSecret(store, want, keyOf(want));
    if (found === undefined) return undefined;
    const { mark, current } = found.stored;
    const { publicKey = "" } = current.public;
    const { ageRecipientOf, sshfpOf } = await import("./public-key.ts");
    return {
      mark,
      inputs: { ...currentInputs(found), algorithm: algorithmOf(found.madeBy) ?? somethingElse },
      outputs: {
        ...currentOutputs(found, want.connection),
        publicKey,
        knownHosts: `${want.hostNames.join(",")} ${publicKey}`,
        sshfp: sshfpOf(publicKey),
        ageRecipient: ageRecipientOf(publicKey),
      },
    };
  },

  refuse(want, { inputs: { generation, algorithm }, outputs: { publicKey } }) {
    const refused = refusal(want, keyOf(want), { generation, madeBy: keyOf({ name: want.name, algorithm }) });
    if (refused !== undefined || want.generation > Number(generation) || publicKey !== "") return refused;
    return new ProviderError<ErrorCode>("the secret of this name is not an SSH key with a known public key", {
      code: "secrets.hostKey.none",
      hint: "Set another `name`, or import the private key in OpenSSH's format, without a passphrase",
    });
  },

  create: async (store, want, mark) => createSecret(store, want, keyOf(want), mark),

  update: async (store, want, { changed, mark, seen: { outputs } }) =>
    updateSecret(store, want, keyOf(want), {
      changed,
      mark,
      version: outputs.version,
      remake: changed.has("generation") || changed.has("algorithm"),
    }),

  delete: async (store, { name }, { mark }) => store.remove(name, { mark }),

  setMark: async (store, { name }, mark, expected) => store.change(name, { mark: mark ?? null }, { mark: expected }),

  list: async (store, managedBy) => listSecrets(store, "ssh_host_key", managedBy),
});

const keyOf = ({ name, algorithm }: { name: string; algorithm: unknown }): Given => ({
  sshKey: { algorithm, comment: name },
});

function algorithmOf({ sshKey }: Given): (typeof keyAlgorithms)[number] | undefined {
  return keyAlgorithms.find((known) => known === sshKey?.["algorithm"]);
}
