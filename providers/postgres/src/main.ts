#!/usr/bin/env node
import { serve } from "@nixops4-resources/protocol-core";
import manifest from "../package.json" with { type: "json" };

serve({
  name: "postgres",
  title: "PostgreSQL",
  description: "Roles, databases, schemas, extensions and privileges on a PostgreSQL server, version 15 or later.",
  version: manifest.version,
  types: {
    database: () => import("./database/database.ts"),
    database_setting: () => import("./database-setting.ts"),
    default_privileges: () => import("./access/default-privileges.ts"),
    extension: () => import("./extension/extension.ts"),
    grant: () => import("./access/grant/grant.ts"),
    membership: () => import("./membership/membership.ts"),
    role: () => import("./role/role.ts"),
    schema: () => import("./schema/schema.ts"),
  },
  errors: () => import("./errors.ts"),
  commands: () => import("./commands.ts"),
  opentofu: () => import("@nixops4-resources/protocol-opentofu"),
  secretSources: () => import("@nixops4-resources/protocol-secrets/sources"),
});
