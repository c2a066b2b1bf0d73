/** What a changeset says, without the packages it names. Source: https://github.com/changesets/changesets, docs. */
export function summaryOf(changeset: string): string {
  return changeset.replace(/^---\n[\s\S]*?\n---\n/, "").trim();
}

/** The changelog with a section for a version on top, below what it says of itself. */
export function withRelease(changelog: string, version: string, summaries: readonly string[]): string {
  const entries = summaries.map((summary) => `- ${summary.replaceAll("\n", "\n  ")}`).join("\n");
  const section = `## ${version}\n\n${entries}\n\n`;
  const first = changelog.search(/^## /m);
  return first === -1
    ? `${changelog.trimEnd()}\n\n${section}`
    : changelog.slice(0, first) + section + changelog.slice(first);
}
