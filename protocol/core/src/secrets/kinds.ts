import { exactlyOneOf } from "../resource/tagged.ts";
import { isObject } from "../wire/wire.ts";

/** One kind of reference to a secret, and the check of its value. ref-schema.ts has the same as JSON Schema. */
interface SecretKind {
  /** Completes the message "a reference whose `file` is ...". */
  readonly words: string;
  accepts(value: unknown): boolean;
}

export type SecretKinds = Readonly<Record<string, SecretKind>>;

/** Patterns of the strings in a reference. */
export const patterns = {
  path: "^/.*$",
  env: "^[A-Za-z_][A-Za-z0-9_]*$",
  versionId: "^[0-9a-f]{32}$",
  credential: "^[A-Za-z0-9_][A-Za-z0-9_.-]*$",
} as const;

const matches = (pattern: string) => (value: unknown) => typeof value === "string" && new RegExp(pattern).test(value);
const isPath = matches(patterns.path);
const isText = (value: unknown) => typeof value === "string";
const isListOf = (accepts: (part: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every(accepts);

/** Whether the value is an object with the required fields, and no others except the optional ones. */
function hasFields(
  value: unknown,
  required: Readonly<Record<string, (field: unknown) => boolean>>,
  optional: Readonly<Record<string, (field: unknown) => boolean>> = {},
): boolean {
  if (!isObject(value)) return false;
  const all = { ...optional, ...required };
  return (
    Object.keys(required).every((name) => Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, field]) => Object.hasOwn(all, name) && all[name]?.(field) === true)
  );
}

/** References to a secret that needs neither a key nor a store. */
export const directKinds: SecretKinds = {
  file: { words: "an absolute path", accepts: isPath },
  env: { words: "the name of a variable", accepts: matches(patterns.env) },
  credential: { words: "the name of a credential", accepts: matches(patterns.credential) },
  command: { words: "a list of a program and its arguments", accepts: isListOf(isText) },
};

/** All kinds. The code for the last three is loaded when a request uses one of them: see SecretSources. */
export const allKinds: SecretKinds = {
  ...directKinds,
  age: {
    words: "an object with the absolute path `file` and the reference `identity`",
    accepts: (value) =>
      hasFields(value, { file: isPath, identity: (identity) => flawOf(directKinds, identity) === undefined }),
  },
  sops: {
    words: "an object with the absolute path `file`, and optionally the list `key`",
    accepts: (value) =>
      hasFields(
        value,
        { file: isPath },
        { key: isListOf((part) => isText(part) || (Number.isInteger(part) && Number(part) >= 0)) },
      ),
  },
  store: {
    words: "an object with `name`, with or without `version` and its `id`, and one of `directory` and `postgres`",
    // Each store checks its own settings.
    accepts: (value) =>
      hasFields(
        value,
        { name: (name) => typeof name === "string" && name !== "" },
        {
          version: (version) => Number.isSafeInteger(version) && Number(version) >= 1,
          id: matches(patterns.versionId),
          directory: isObject,
          postgres: isObject,
        },
      ) &&
      isObject(value) &&
      "directory" in value !== "postgres" in value,
  },
};

/** Describes what an invalid reference should be, without repeating the value; undefined for a valid one. */
export function flawOf(kinds: SecretKinds, value: unknown): string | undefined {
  const [name = "", ...others] = isObject(value) ? Object.keys(value) : [];
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (!isObject(value) || kind === undefined || others.length > 0) return exactlyOneOf(Object.keys(kinds));
  return kind.accepts(value[name]) ? undefined : `a reference whose \`${name}\` is ${kind.words}`;
}
