import { option, tagged } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { directoryStore } from "./directory/settings.ts";
import { longestName, namePattern } from "./names.ts";
import { postgresStore } from "./postgres/settings.ts";

/** Input for the name of a secret in a store, such as `shop/db-password`. */
export const secretName = z.string().check(z.regex(namePattern), z.maxLength(longestName));

/** Input for the location of a store, as `openSecretReader` and `openSecretWriter` take it. */
export const storePlace = tagged({
  directory: () =>
    option(directoryStore, "Folder of age files, one per secret. It needs no server and works well with git."),
  postgres: () =>
    option(
      postgresStore,
      "Append-only schema in PostgreSQL. It keeps every version, and records who read which value.",
    ),
});
