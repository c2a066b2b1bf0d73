import { globSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ProviderDescription } from "@nixops4-resources/protocol-core";
import { interfaceOf } from "../generate/interface.ts";
import { asText, interfacePath, releasesPath, type Releases } from "../generate/releases.ts";

/** Writes the interface of every provider, and the list that reveals a deleted one. */
export function writeReleased(root: string, version: string, descriptions: readonly ProviderDescription[]): void {
  const names = descriptions.map(({ provider: { name } }) => name);
  for (const file of globSync(interfacePath("*"), { cwd: root })) rmSync(join(root, file));
  for (const description of descriptions) {
    write(join(root, interfacePath(description.provider.name)), asText({ version, ...interfaceOf(description) }));
  }
  const providers = Object.fromEntries(names.sort().map((name) => [name, version]));
  write(join(root, releasesPath), asText({ version, providers, breaking: [] } satisfies Releases));
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
