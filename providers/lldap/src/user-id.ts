import * as z from "zod/mini";

/**
 * Ids that mean the same everywhere: lldap stores any text in lower case, decodes `%` in its API, and splits a DN at each
 * comma and equals sign.
 */
export const userId = z.string().check(z.regex(/^[a-z0-9][a-z0-9._@-]{0,254}$/));
