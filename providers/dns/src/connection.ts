import { option, tagged, withExample } from "@nixops4-resources/protocol-core";
import type * as z from "zod/mini";
import { failure } from "./failure.ts";
import { octodnsSettings } from "./octodns/settings.ts";
import { powerdnsSettings } from "./powerdns/settings.ts";
import { rfc2136Settings } from "./rfc2136/settings.ts";

/** The server or service, and our credentials; the same for every type of this provider. */
export const connection = withExample(
  tagged({
    rfc2136: () =>
      option(
        rfc2136Settings(),
        "Primary name server that accepts dynamic updates (RFC 2136): BIND, Knot, PowerDNS and others.",
      ),
    powerdns: () =>
      option(powerdnsSettings(), "HTTP API of PowerDNS Authoritative, which can also create and delete zones."),
    octodns: () =>
      option(
        octodnsSettings(),
        "Hosting service that OctoDNS supports: Route 53, Cloudflare, Gandi and some thirty others. For `records` only.",
      ),
  }),
  {
    rfc2136: { host: "ns1.example.org", tsig: { name: "nixops4", secret: { file: "/run/secrets/tsig" } } },
  },
);

export type Connection = z.output<typeof connection>;

/**
 * Rejects OctoDNS for a single record set: each lookup reads the whole zone, and hosting services limit the number of
 * requests.
 */
export function refuseHosted(given: Connection): void {
  if (!("octodns" in given)) return;
  throw failure(
    "OctoDNS reads the whole zone at each lookup, which is too expensive for a single record set",
    "dns.octodns.one",
    "Declare all records of the zone as one `records`",
  );
}

/** Rejects ALIAS records elsewhere than in PowerDNS' API. `types` are as declared: TYPE65401 is free for private use. */
export function refuseAlias(given: Connection, types: readonly string[]): void {
  if ("powerdns" in given || !types.includes("ALIAS")) return;
  throw failure(
    "records of type ALIAS exist only in PowerDNS, and are managed only by its API",
    "dns.type.refused",
    "Declare A and AAAA records or, except at the zone's own name, a CNAME record; or use `connection.powerdns`",
  );
}
