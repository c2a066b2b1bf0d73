import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { endpoint } from "../endpoint.ts";

/** The input that enables the check. */
export const parentServer = option(
  z.nullable(
    z.lazy(() =>
      z.strictObject(endpoint("a name server of the parent zone, such as `a.gtld-servers.net` for a zone in com.")),
    ),
  ),
  "Server of the parent zone, queried without a signature for the zone's delegation. It affects only the output `delegation`. Null skips the query.",
  null,
);

/** The output of the check. */
export const delegation = option(
  z.nullable(
    z.lazy(() =>
      z.strictObject({
        parentSays: option(z.array(z.string()), "Name servers that the parent zone delegates to."),
        zoneSays: option(
          z.array(z.string()),
          "Name servers in the zone's own NS records, which the parent zone should have too.",
        ),
        parentDs: option(z.array(z.string()), "DS records in the parent zone."),
        zoneDs: option(
          z.array(z.string()),
          "DS records for the zone's keys: those that its CDS records request, otherwise one per key and digest. The parent zone needs one per key. Empty if the zone is not signed, or if the service does not tell.",
        ),
        toDo: option(
          z.nullable(z.string()),
          "Changes to make at the registrar or in the parent zone; null if none are needed.",
        ),
      }),
    ),
  ),
  "The zone's delegation as seen by the parent zone; null if `parentServer` is null.",
);

export type Delegation = z.output<typeof delegation>;
