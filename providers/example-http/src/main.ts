#!/usr/bin/env node
import { serve } from "@nixops4-resources/protocol-core";
import manifest from "../package.json" with { type: "json" };

serve({
  name: "example-http",
  title: "Example HTTP",
  description: "Notes on a small HTTP server.",
  version: manifest.version,
  types: {
    note: () => import("./note.ts"),
  },
  errors: () => import("./errors.ts"),
  secretSources: () => import("@nixops4-resources/protocol-secrets/sources"),
});
