#!/usr/bin/env node
import { serve } from "@nixops4-resources/protocol-core";
import manifest from "../package.json" with { type: "json" };

serve({
  name: "proxmox",
  title: "Proxmox VE",
  description:
    "Virtual machines and their firewalls, images, pools, roles, users, API tokens and permissions in a cluster of Proxmox VE.",
  version: manifest.version,
  types: {
    acl: () => import("./acl/acl.ts"),
    firewall: () => import("./firewall/firewall.ts"),
    image: () => import("./image/image.ts"),
    pool: () => import("./pool/pool.ts"),
    role: () => import("./role/role.ts"),
    token: () => import("./token/token.ts"),
    user: () => import("./user/user.ts"),
    vm: () => import("./vm/vm.ts"),
  },
  errors: () => import("./errors.ts"),
  opentofu: () => import("@nixops4-resources/protocol-opentofu"),
  secretSources: () => import("@nixops4-resources/protocol-secrets/sources"),
});
