import { option, type Values } from "@nixops4-resources/protocol-core";
import { objectName } from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { settings } from "../settings.ts";

const locale = z.string().check(z.minLength(1));
/** One spelling for each domain: a name in another case, or with a space at its end, would be another site. */
const siteName = z.string().check(z.regex(/^[a-z0-9._:-]{1,253}$/));

export const inputs = {
  name: option(objectName, "Name of the database, at most 63 bytes. Changing the name declares a different database."),
  owner: option(
    z.nullable(objectName),
    "Role that owns the database, and with it the schema `public`. Objects in the database keep their owners when this changes. Null keeps the current owner; a new database belongs to `connection.user`.",
    null,
  ),
  encoding: option(z.string().check(z.minLength(1)), "Character encoding, by its PostgreSQL name.", "UTF8"),
  localeProvider: option(
    z.nullable(z.enum(["libc", "icu", "builtin"])),
    "Provider of the rules for sorting and comparing text: `libc` (the operating system), `icu`, or `builtin` (PostgreSQL itself, version 17 and later). Null uses `libc` if `locale` is set, otherwise the template's provider.",
    null,
  ),
  locale: option(
    z.nullable(locale),
    "Locale in the syntax of `localeProvider`: `en_US.UTF-8` for libc, `en-US` for icu, `C.UTF-8` for builtin. For libc it is the default of `lcCollate` and `lcCtype`. Null uses the template's locale.",
    null,
  ),
  lcCollate: option(
    z.nullable(locale),
    "libc locale for sorting. Null uses `locale` if the provider is libc, otherwise the template's value.",
    null,
  ),
  lcCtype: option(
    z.nullable(locale),
    "libc locale for character classes. Null uses `locale` if the provider is libc, otherwise the template's value.",
    null,
  ),
  template: option(
    objectName,
    "Database to copy. Only `template0` allows every encoding and locale, and never has connections.",
    "template0",
  ),
  connectionLimit: option(
    z.int().check(z.minimum(-1), z.maximum(2_147_483_647)),
    "Maximum number of concurrent connections. -1 means no limit. Superusers are not counted.",
    -1,
  ),
  allowConnections: option(z.boolean(), "Whether the database accepts connections.", true),
  revokePublicConnect: option(
    z.boolean(),
    "Whether CONNECT is revoked from PUBLIC, so that only the owner, `connection.user` and roles with this privilege can connect. `connection.user` is granted CONNECT if it is not superuser. False lets every role of the server connect, as PostgreSQL does by default.",
    true,
  ),
  settings,
  identity: option(
    z.nullable(siteName),
    "Name of the site whose data the database holds, such as its domain: 1 to 253 characters of a-z, 0-9, dot, underscore, colon and hyphen. It is stored in the database's mark. From then on every other name is rejected, unless `newSite` is true, because the other servers of a federation know the site by this name permanently. Null keeps the stored name. A database without a stored name accepts any. A destroy that retains the database removes the name together with the mark.",
    null,
  ),
  newSite: option(
    z.boolean(),
    "Whether `identity` may replace the stored name of another site. The data of that site stays in the database; declare another database for a site that starts empty. Set it to true for one apply, then remove it: while it is true, every `identity` is accepted. It has no effect if `identity` is null or equal to the stored name.",
    false,
  ),
};

export type DatabaseInputs = Values<typeof inputs>;
