import { option, tagged, withExample } from "@nixops4-resources/protocol-core";
import type * as z from "zod/mini";
import { rfc2136Settings } from "./rfc2136-settings.ts";

/** Where the records are and who we are there; the same for every type of this provider. */
export const connection = withExample(
  tagged({
    rfc2136: () =>
      option(
        rfc2136Settings(),
        "A primary name server that takes dynamic updates (RFC 2136): BIND, Knot, PowerDNS and others.",
      ),
  }),
  {
    rfc2136: { host: "ns1.example.org", tsig: { name: "nixops4", secret: { file: "/run/secrets/tsig" } } },
  },
);

export type Connection = z.output<typeof connection>;
