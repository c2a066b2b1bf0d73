import { readFileSync } from "node:fs";
import { join } from "node:path";
import { providerNames } from "../generate/describe.ts";

/** Names of the providers that OpenTofu can start, sorted. */
export const pluginsOf = (root: string): string[] =>
  providerNames(root).filter((name) =>
    readFileSync(join(root, "providers", name, "src/main.ts"), "utf8").includes("@nixops4-resources/protocol-opentofu"),
  );
