#!/usr/bin/env node
import { serve } from "@nixops4-resources/protocol-core";
import manifest from "../package.json" with { type: "json" };

serve({
  name: "example",
  title: "Example",
  description: "Small files in a folder.",
  version: manifest.version,
  types: {
    file: () => import("./file.ts"),
  },
  errors: () => import("./errors.ts"),
  secretSources: () => import("@nixops4-resources/protocol-secrets/sources"),
});
