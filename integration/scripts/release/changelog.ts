/** The text of a changeset without the list of packages. Source: https://github.com/changesets/changesets, docs. */
export function summaryOf(changeset: string): string {
  return changeset.replace(/^---\n[\s\S]*?\n---\n/, "").trim();
}

/** The changelog with the section of a new version before the others, after the introduction. */
export function withRelease(changelog: string, version: string, summaries: readonly string[]): string {
  const entries = summaries.map((summary) => `- ${summary.replaceAll("\n", "\n  ")}`).join("\n");
  const section = `## ${version}\n\n${entries}\n\n`;
  const first = changelog.search(/^## /m);
  return first === -1
    ? `${changelog.trimEnd()}\n\n${section}`
    : changelog.slice(0, first) + section + changelog.slice(first);
}
