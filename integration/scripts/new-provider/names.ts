/** The names of a new provider and of its first resource type, in every form that the files need. */
export interface Names {
  /** Of the package and the executable: `my-queue`. */
  readonly provider: string;
  /** For people: `My Queue`. */
  readonly title: string;
  /** Of error codes: `my_queue`. */
  readonly code: string;
  /** Of environment variables: `MY_QUEUE`. */
  readonly constant: string;
  /** How the names of classes begin: `MyQueue`. */
  readonly classes: string;
  /** Of the resource type: `message_log`. */
  readonly resource: string;
  /** For people: `message log`. */
  readonly words: string;
  /** Of the file: `message-log`. */
  readonly file: string;
  /** Of the import: `messageLog`. */
  readonly identifier: string;
}

/** Reserved words, which an import cannot have as its name. */
const reserved = new Set(
  "await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield".split(
    " ",
  ),
);

/** Throws with what is wrong, in words, where the names cannot be. `taken` are the files that a provider has anyway. */
export function toNames(provider: string, resource: string, taken: readonly string[]): Names {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(provider)) {
    throw new Error(
      `${JSON.stringify(provider)} cannot name a provider: small letters, digits and hyphens, such as my-queue.`,
    );
  }
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(resource)) {
    throw new Error(
      `${JSON.stringify(resource)} cannot name a resource type: small letters, digits and underscores, such as message_log.`,
    );
  }
  const file = resource.replaceAll("_", "-");
  const identifier = resource.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  if (taken.includes(file) || reserved.has(identifier)) {
    throw new Error(
      `${resource} cannot name a resource type: the word has a meaning of its own in a provider's sources.`,
    );
  }
  const title = provider.replaceAll(
    /(^|-)(.)/g,
    (_, start: string, letter: string) => `${start === "" ? "" : " "}${letter.toUpperCase()}`,
  );
  const code = provider.replaceAll("-", "_");
  return {
    provider,
    title,
    code,
    constant: code.toUpperCase(),
    classes: title.replaceAll(" ", ""),
    resource,
    words: resource.replaceAll("_", " "),
    file,
    identifier,
  };
}
