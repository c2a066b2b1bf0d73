/** A living provider that new ones are copied from. */
export interface Template {
  /** What the copy does until its author writes on. */
  readonly does: string;
  /** The files that its author writes on first. */
  readonly first: readonly string[];
  /** Of the folder, the package and the executable. */
  readonly provider: string;
  /** For people. */
  readonly title: string;
  /** Of error codes. */
  readonly code: string;
  /** Of environment variables. */
  readonly constant: string;
  /** Of its one resource type, in one word. */
  readonly resource: string;
  /** How the names of its classes begin. */
  readonly classes: string;
}

/** For services that are reached over a network, and for what lies in files. */
export const templates = {
  http: {
    does: "keeps notes on a small HTTP server",
    first: ["src/connection.ts", "src/client.ts", "src/testing/server.ts"],
    provider: "example-http",
    title: "Example HTTP",
    code: "example_http",
    constant: "EXAMPLE_HTTP",
    resource: "note",
    classes: "Notes",
  },
  files: {
    does: "keeps small files",
    first: ["src/folder.ts"],
    provider: "example",
    title: "Example",
    code: "example",
    constant: "EXAMPLE",
    resource: "file",
    classes: "Folder",
  },
} as const satisfies Record<string, Template>;
