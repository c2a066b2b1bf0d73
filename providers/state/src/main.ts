#!/usr/bin/env node
import { serve } from "@nixops4-resources/protocol-core";
import manifest from "../package.json" with { type: "json" };

serve({
  name: "state",
  title: "State",
  description: "NixOps4's state in PostgreSQL 15 or later: locked, fenced and encrypted.",
  version: manifest.version,
  types: {
    state_postgres: () => import("./state-postgres.ts"),
  },
  errors: () => import("./errors.ts"),
  secretSources: () => import("@nixops4-resources/protocol-secrets/sources"),
  commands: () => import("./commands/commands.ts"),
});
