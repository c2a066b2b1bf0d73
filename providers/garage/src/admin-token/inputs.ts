import { option, secretRef, type Values } from "@nixops4-resources/protocol-core";
import { secretName, storePlace } from "@nixops4-resources/protocol-secrets";
import * as z from "zod/mini";
import type { Connection } from "../connection.ts";
import type { Claimant } from "../named/choose.ts";
import { printableName } from "../named/name.ts";
import { scopes } from "./scopes.ts";

/** RFC 3339, as Garage takes it. */
const time = z.string().check(
  z.regex(/^(never|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))$/),
  z.refine((text) => text === "never" || !Number.isNaN(Date.parse(text)), "a time that exists"),
);

export const inputs = {
  name: option(
    printableName,
    "Name of the token: 1 to 128 printable characters. Changing the name declares a different token. In Garage a second line of the name is the mark of the deployment.",
  ),
  scopes: option(
    z.array(z.enum(scopes)).check(z.minLength(1)),
    "Calls of the admin API that the token permits; `*` permits all. `CreateAdminToken` and `UpdateAdminToken` permit all indirectly.",
  ),
  expiresAt: option(
    z.nullable(time),
    'Time from which Garage rejects the token, in RFC 3339: `2027-01-31T00:00:00Z`. "never" removes it. Null does not manage it; a new token then never expires.',
    null,
  ),
  store: option(
    storePlace,
    "Secret store for the token's secret. If the store does not have it, the token is deleted and made again, since Garage shows the secret only once.",
  ),
  secretName: option(secretName, "Name of the secret in `store`, such as `garage/metrics-token`."),
};

export const outputs = {
  tokenId: option(z.string(), "Id of the token: the part of its secret before the dot."),
  secretToken: option(
    z.nullable(secretRef),
    "Reference to the token's secret in `store`, for the header `Authorization: Bearer`. Null only in the answer to a read, if the store does not have it.",
  ),
};

export type Inputs = Values<typeof inputs>;
export type Wanted = Inputs & Claimant & { readonly connection: Connection };
