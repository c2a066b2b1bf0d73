#!/usr/bin/env node
import { serve } from "@nixops4-resources/protocol-core";
import manifest from "../package.json" with { type: "json" };

serve({
  name: "postgres",
  title: "PostgreSQL",
  description: "Roles, databases and what is in them, on a PostgreSQL server of version 15 or later.",
  version: manifest.version,
  types: {
    database: () => import("./database.ts"),
    role: () => import("./role.ts"),
  },
  errors: () => import("./errors.ts"),
});
