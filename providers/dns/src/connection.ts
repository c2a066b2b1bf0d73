import { option, tagged, withExample } from "@nixops4-resources/protocol-core";
import type * as z from "zod/mini";
import { failure } from "./failure.ts";
import { octodnsSettings } from "./octodns/settings.ts";
import { powerdnsSettings } from "./powerdns/settings.ts";
import { rfc2136Settings } from "./rfc2136/settings.ts";

/** Where the records are and who we are there; the same for every type of this provider. */
export const connection = withExample(
  tagged({
    rfc2136: () =>
      option(
        rfc2136Settings(),
        "A primary name server that takes dynamic updates (RFC 2136): BIND, Knot, PowerDNS and others.",
      ),
    powerdns: () =>
      option(powerdnsSettings(), "PowerDNS Authoritative by its HTTP API, and there the zones themselves."),
    octodns: () =>
      option(
        octodnsSettings(),
        "Zones at a service that OctoDNS knows: Route 53, Cloudflare, Gandi and some thirty others. For `records` only.",
      ),
  }),
  {
    rfc2136: { host: "ns1.example.org", tsig: { name: "nixops4", secret: { file: "/run/secrets/tsig" } } },
  },
);

export type Connection = z.output<typeof connection>;

/** Refuses what looks at a whole zone, and may be asked so and so often a day, where it is about one record set. */
export function refuseHosted(given: Connection): void {
  if (!("octodns" in given)) return;
  throw failure(
    "OctoDNS asks for the whole zone at each look, which is too much for one record set",
    "dns.octodns.one",
    "Declare all records of the zone as one `records`",
  );
}
