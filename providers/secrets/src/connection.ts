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
  store: option(
    z.nullable(storePlace),
    "Location of the secret store. Types that store no secret, such as `secret_file`, accept null.",
    null,
  ),
  ssh: option(
    z.nullable(sshConnection),
    "SSH connection to the host on which `secret_file` creates files. Null means the machine and user that run nixops4.",
    null,
  ),
  registry: option(
    hostPath,
    "Folder on that host in which `secret_file` keeps its marks. All deployments that use the host must set the same folder. A user other than root needs a folder of their own.",
    "/var/lib/nixops4-resources/secret-files",
  ),
});

export type Connection = z.output<typeof connection>;

export const connectReader = async (inputs: Connection): Promise<SecretReader> => openSecretReader(placeOf(inputs));

export const connectWriter = async (inputs: Connection): Promise<SecretWriter> => openSecretWriter(placeOf(inputs));

function placeOf({ store }: Connection): NonNullable<Connection["store"]> {
  if (store !== null) return store;
  throw new ProviderError<ErrorCode>("`connection.store` is not set", {
    code: "secrets.store.missing",
    hint: "Set `connection.store.directory` to a folder and an identity, or `connection.store.postgres` to a database and an identity",
  });
}
