#!/usr/bin/env node
import { serve } from "@nixops4-resources/protocol-core";
import manifest from "../package.json" with { type: "json" };

serve({
  name: "dns",
  title: "DNS",
  description:
    "DNS records and zones. Connects by dynamic update (RFC 2136) with TSIG, by PowerDNS' HTTP API, or by OctoDNS to a hosting service.",
  version: manifest.version,
  types: {
    records: () => import("./records/records.ts"),
    rrset: () => import("./rrset/rrset.ts"),
    zone: () => import("./zone/zone.ts"),
  },
  errors: () => import("./errors.ts"),
  opentofu: () => import("@nixops4-resources/protocol-opentofu"),
  secretSources: () => import("@nixops4-resources/protocol-secrets/sources"),
});
