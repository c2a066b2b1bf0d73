#!/usr/bin/env node
import { serve } from "@nixops4-resources/protocol-core";
import manifest from "../package.json" with { type: "json" };

serve({
  name: "secrets",
  title: "Secrets",
  description:
    "Passwords, keys and certificates: generated, stored encrypted, rotated and derived. No value is in any state.",
  version: manifest.version,
  types: {
    secret: () => import("./secret/secret.ts"),
    secret_file: () => import("./secret-file/secret-file.ts"),
    ssh_host_key: () => import("./ssh-host-key/ssh-host-key.ts"),
  },
  errors: () => import("./errors.ts"),
  opentofu: () => import("@nixops4-resources/protocol-opentofu"),
  commands: () => import("./commands/commands.ts"),
  secretSources: () => import("@nixops4-resources/protocol-secrets/sources"),
});
