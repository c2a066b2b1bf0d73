import { directSecretRef, option } from "@nixops4-resources/protocol-core";
import { connectionChecks, connectionInputs } from "@nixops4-resources/protocol-postgres/connection";
import { objectName } from "@nixops4-resources/protocol-postgres/object-name";
import * as z from "zod/mini";

/** Leaves room for the suffix of role names within PostgreSQL's 63 bytes, and needs no quotes in psql. */
const schemaName = z.string().check(z.regex(/^[a-z_][a-z0-9_]*$/), z.maxLength(56));

/** The location of a store in a database, and the key that decrypts it. */
export const postgresStore = z
  .strictObject({
    ...connectionInputs(option(objectName, "Database that contains the store.")),
    schema: option(
      schemaName,
      "Schema of the store, which must contain nothing else. The first write creates it, with the roles `<schema>_owner`, `<schema>_reader` and `<schema>_writer`. All databases of a server share these roles.",
      "nixops4_secrets",
    ),
    identity: option(
      directSecretRef,
      "Key that decrypts the secrets: an age identity, or an SSH private key (Ed25519 or RSA) without a passphrase. It is never sent to the server.",
    ),
  })
  .check(...connectionChecks);

export type PostgresStore = z.output<typeof postgresStore>;
