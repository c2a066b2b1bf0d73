import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { DnsReader } from "../client.ts";
import { endpoint } from "../endpoint.ts";

/** The input that turns the check on. */
export const parentServer = option(
  z.nullable(
    z.lazy(() =>
      z.strictObject(endpoint("A name server of the zone's parent, such as `a.gtld-servers.net` for a zone in com.")),
    ),
  ),
  "Server that is asked, without a signature, whom the parent delegates the zone to; null does not ask. It decides the output `delegation` only.",
  null,
);

/** The output. */
export const delegation = option(
  z.nullable(
    z.lazy(() =>
      z.strictObject({
        parentSays: option(z.array(z.string()), "Name servers that the parent delegates to."),
        zoneSays: option(z.array(z.string()), "Name servers that the zone has, which the parent should say too."),
        parentDs: option(z.array(z.string()), "DS records that the parent has."),
        zoneDs: option(
          z.array(z.string()),
          "DS records that fit the zone's keys: those that it asks for by CDS records, else one for each digest of each key. Of a key the parent needs one. None where the zone is not signed, or a service does not tell.",
        ),
        toDo: option(
          z.nullable(z.string()),
          "What is to be done at the registrar, or with the parent; null where nothing is.",
        ),
      }),
    ),
  ),
  "The zone as its parent sees it; null where `parentServer` is null.",
);

export type Delegation = z.output<typeof delegation>;

/** What the parent says of a zone, and what it should say; asked only where somebody wants to know. */
export async function delegationOf(
  client: DnsReader,
  zone: string,
  server: { host: string; port: number } | null,
): Promise<Delegation> {
  return server === null ? null : await (await import("./check.ts")).checkDelegation(client, zone, server);
}
