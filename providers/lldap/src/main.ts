#!/usr/bin/env node
import { serve } from "@nixops4-resources/protocol-core";
import manifest from "../package.json" with { type: "json" };

serve({
  name: "lldap",
  title: "lldap",
  description: "Users, groups and their attributes in lldap.",
  version: manifest.version,
  types: {
    attribute_schema: () => import("./attribute-schema/attribute-schema.ts"),
    group: () => import("./group/group.ts"),
    membership: () => import("./membership/membership.ts"),
    service_account: () => import("./service-account/service-account.ts"),
    user: () => import("./user/user.ts"),
  },
  errors: () => import("./errors.ts"),
  opentofu: () => import("@nixops4-resources/protocol-opentofu"),
  secretSources: () => import("@nixops4-resources/protocol-secrets/sources"),
});
