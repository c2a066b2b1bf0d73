import { option, ProviderError } from "@nixops4-resources/protocol-core";
import {
  openSecretReader,
  openSecretWriter,
  storePlace,
  type SecretReader,
  type SecretWriter,
} from "@nixops4-resources/protocol-secrets";
import * as z from "zod/mini";
import type { ErrorCode } from "./errors.ts";
import { hostPath } from "./host/path.ts";
import { sshConnection } from "./ssh/connection.ts";

export const connection = z.strictObject({
  store: option(z.nullable(storePlace), "Where the secrets are kept. Null is for types that keep none.", null),
  ssh: option(
    z.nullable(sshConnection),
    "How to reach the host that `secret_file` brings files to. Null is the machine that runs nixops4, and the user who does.",
    null,
  ),
  registry: option(
    hostPath,
    "Folder on that host in which `secret_file` keeps its marks; all deployments that use the host name the same one. A user who is not root needs one of his own.",
    "/var/lib/nixops4-resources/secret-files",
  ),
});

export type Connection = z.output<typeof connection>;

export const connectReader = async (inputs: Connection): Promise<SecretReader> => openSecretReader(placeOf(inputs));

export const connectWriter = async (inputs: Connection): Promise<SecretWriter> => openSecretWriter(placeOf(inputs));

function placeOf({ store }: Connection): NonNullable<Connection["store"]> {
  if (store !== null) return store;
  throw new ProviderError<ErrorCode>("`connection.store` is not given", {
    code: "secrets.store.missing",
    hint: "Set `connection.store.directory` to a folder and an identity, or `connection.store.postgres` to a database and an identity",
  });
}
