#!/usr/bin/env node
import { serve } from "@nixops4-resources/protocol-core";
import manifest from "../package.json" with { type: "json" };

serve({
  name: "state",
  title: "State",
  description: "NixOps4's state, locked, fenced and encrypted, in PostgreSQL of version 15 or later.",
  version: manifest.version,
  types: {
    state_postgres: () => import("./state-postgres.ts"),
  },
  errors: () => import("./errors.ts"),
  secretSources: () => import("@nixops4-resources/protocol-secrets/sources"),
  commands: () => import("./commands/commands.ts"),
});
