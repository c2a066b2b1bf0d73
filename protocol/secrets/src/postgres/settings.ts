import { directSecretRef, option } from "@nixops4-resources/protocol-core";
import { connectionChecks, connectionInputs } from "@nixops4-resources/protocol-postgres/connection";
import { objectName } from "@nixops4-resources/protocol-postgres/object-name";
import * as z from "zod/mini";

/** With what a role's name adds to it, it is a name in PostgreSQL; it needs no quotes, also for a person at psql. */
const schemaName = z.string().check(z.regex(/^[a-z_][a-z0-9_]*$/), z.maxLength(56));

/** Where secrets are kept in a database, and the key that opens them. */
export const postgresStore = z
  .strictObject({
    ...connectionInputs(option(objectName, "Database that holds the store.")),
    schema: option(
      schemaName,
      "Schema that the store is, and nothing else. Who first writes to it makes it, and the roles `<schema>_owner`, `<schema>_reader` and `<schema>_writer`, which all databases of a server share.",
      "nixops4_secrets",
    ),
    identity: option(
      directSecretRef,
      "Key that opens the secrets: an age identity, or an SSH private key (ed25519 or RSA) without a passphrase. The server never sees it.",
    ),
  })
  .check(...connectionChecks);

export type PostgresStore = z.output<typeof postgresStore>;
