import { option, tagged } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { directoryStore } from "./directory/settings.ts";
import { longestName, namePattern } from "./names.ts";
import { postgresStore } from "./postgres/settings.ts";

/** The input of a provider that names a secret in a store, such as `shop/db-password`. */
export const secretName = z.string().check(z.regex(namePattern), z.maxLength(longestName));

/** The input of a provider that says where secrets are kept; `openSecretStore` takes it. */
export const storePlace = tagged({
  directory: () => option(directoryStore, "A folder of age files, one per secret. Needs no server, and suits git."),
  postgres: () =>
    option(
      postgresStore,
      "A schema in PostgreSQL that is only ever added to: it keeps every version, and a record of who took which value.",
    ),
});
