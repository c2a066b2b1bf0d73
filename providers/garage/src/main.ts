#!/usr/bin/env node
import { serve } from "@nixops4-resources/protocol-core";
import manifest from "../package.json" with { type: "json" };

serve({
  name: "garage",
  title: "Garage",
  description: "Buckets, access keys and their permissions on a Garage cluster.",
  version: manifest.version,
  types: {
    admin_token: () => import("./admin-token/admin-token.ts"),
    bucket: () => import("./bucket/bucket.ts"),
    grant: () => import("./grant/grant.ts"),
    key: () => import("./key/key.ts"),
    local_alias: () => import("./local-alias/local-alias.ts"),
  },
  errors: () => import("./errors.ts"),
  opentofu: () => import("@nixops4-resources/protocol-opentofu"),
  secretSources: () => import("@nixops4-resources/protocol-secrets/sources"),
});
