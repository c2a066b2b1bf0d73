import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Interface } from "./interface.ts";

/** The last release: docs/released.json, written by `pnpm release`. */
export interface Releases {
  readonly version: string;
  /** The version that each provider was released in last. */
  readonly providers: Readonly<Record<string, string>>;
  /** Changes since that release that break deployments, with the decision record that explains each. */
  readonly breaking: readonly BreakingChange[];
}

export interface BreakingChange {
  readonly change: string;
  readonly decision: string;
}

export const releasesPath = "docs/released.json";

/** The interface of a provider as it was released last. */
export const interfacePath = (provider: string): string => `docs/released/${provider}.json`;

export const asText = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * The last release; undefined before the first one. A clone may have no tags, so the changelog tells whether there was a
 * release: deleting a file never turns the comparison off. Throws if a file is missing or belongs to another release.
 */
export function readReleases(root: string): Releases | undefined {
  const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  const released = /^## (\d+\.\d+\.\d+)$/m.exec(changelog)?.[1];
  const text = readText(root, releasesPath);
  const releases: Releases | undefined = text === undefined ? undefined : JSON.parse(text);
  if (releases?.version === released) return releases;
  const found = releases === undefined ? "is missing" : `belongs to version ${releases.version}`;
  const expected = released === undefined ? "has no release" : `has the release ${released}`;
  throw new Error(`${releasesPath} ${found}, but CHANGELOG.md ${expected}.\n${restore}`);
}

const restore = `Hint: Restore CHANGELOG.md, ${releasesPath} and docs/released from the last release's commit; only \`pnpm release\` writes them.`;

/** The released interface of a provider. Throws if the file is missing or belongs to another release. */
export function readInterface(root: string, provider: string, version: string): Interface {
  const file = interfacePath(provider);
  const text = readText(root, file);
  const released: (Interface & { version: string }) | undefined = text === undefined ? undefined : JSON.parse(text);
  if (released?.version === version) return released;
  const found = released === undefined ? "is missing" : `belongs to version ${released.version}`;
  throw new Error(`${file} ${found}, but ${releasesPath} lists ${provider} ${version}.\n${restore}`);
}

/** The providers whose packages a changeset names. Source: https://github.com/changesets/changesets, docs. */
export function announced(root: string): Set<string> {
  const changesets = globSync(".changeset/*.md", { cwd: root }).map((file) => readFileSync(join(root, file), "utf8"));
  const heads = changesets.flatMap((text) => /^---\n([\s\S]*?)\n---\n/.exec(text)?.[1] ?? []);
  return new Set(
    heads.flatMap((head) => [...head.matchAll(/^"@nixops4-resources\/([^"]+)":/gm)].map(([, name = ""]) => name)),
  );
}

function readText(root: string, file: string): string | undefined {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
