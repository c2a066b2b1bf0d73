import { isExactObject, isRawNumber, type ExactJson } from "@nixops4-resources/protocol-core";

/** One operation of a JSON Patch (https://www.rfc-editor.org/rfc/rfc6902). */
export type PatchOperation =
  | { op: "add" | "replace" | "test"; path: string; value: ExactJson }
  | { op: "remove"; path: string }
  | { op: "move" | "copy"; from: string; path: string };

/** A patch is invalid or does not apply. The message names the operation and the reason. */
export class PatchError extends Error {
  override readonly name = "PatchError";
}

/** The operations of a patch. Throws PatchError if one is invalid. */
export function readPatch(patch: readonly ExactJson[]): PatchOperation[] {
  return patch.map((operation, index) => {
    const flaw = flawOf(operation);
    if (flaw !== undefined) throw new PatchError(`operation ${index + 1} of the patch ${flaw}`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- flawOf has checked every field
    return operation as PatchOperation;
  });
}

const operations = ["add", "copy", "move", "remove", "replace", "test"];

function flawOf(operation: ExactJson): string | undefined {
  if (!isExactObject(operation)) return "is not an object";
  const { op, path, from } = operation;
  if (typeof op !== "string" || !operations.includes(op))
    return `has an unknown \`op\`; expected one of ${operations.join(", ")}`;
  if (!isPointer(path)) return "has no valid `path`";
  if ((op === "move" || op === "copy") && !isPointer(from)) return "has no valid `from`";
  if (["add", "replace", "test"].includes(op) && !Object.hasOwn(operation, "value")) return "has no `value`";
  return undefined;
}

/** https://www.rfc-editor.org/rfc/rfc6901 */
const isPointer = (path: ExactJson | undefined): boolean => typeof path === "string" && /^(\/|$)/.test(path);

/**
 * The document after the patch. Throws PatchError unless every operation applies. `document` is never changed; the
 * result shares unchanged parts with it.
 *
 * Own code, since a state must be exact. The npm libraries mishandle resources named `constructor` or `__proto__`,
 * reformat numbers, or accept operations that do not apply.
 */
export function applyPatch(document: ExactJson, patch: readonly ExactJson[]): ExactJson {
  return readPatch(patch).reduce((result, operation, index) => {
    try {
      return apply(result, operation);
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
      const { op, path } = operation;
      throw new PatchError(`operation ${index + 1} of the patch, ${op} ${JSON.stringify(path)}: ${error.message}`);
    }
  }, document);
}

function apply(document: ExactJson, operation: PatchOperation): ExactJson {
  const path = tokensOf(operation.path);
  switch (operation.op) {
    case "add":
    case "replace":
      return edit(document, path, operation.op, operation.value);
    case "remove":
      return edit(document, path, "remove");
    case "copy":
      return edit(document, path, "add", valueAt(document, tokensOf(operation.from)));
    case "move": {
      if (operation.path.startsWith(`${operation.from}/`)) throw new PatchError("a value cannot be moved into itself");
      const from = tokensOf(operation.from);
      const value = valueAt(document, from);
      return operation.from === operation.path ? document : edit(edit(document, from, "remove"), path, "add", value);
    }
    case "test":
      if (!isEqualJson(valueAt(document, path), operation.value)) throw new PatchError("the value differs");
  }
  return document;
}

const tokensOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));

const valueAt = (document: ExactJson, path: readonly string[]): ExactJson => path.reduce(childOf, document);

/** A copy of the document with the change at the end of the path. Only containers along the path are copied. */
function edit(
  document: ExactJson,
  path: readonly string[],
  op: "add" | "replace" | "remove",
  value: ExactJson = null,
): ExactJson {
  const [token, ...rest] = path;
  if (token === undefined) {
    if (op === "remove") throw new PatchError("the whole document cannot be removed");
    return value;
  }
  if (rest.length > 0) return editors.replace(document, token, edit(childOf(document, token), rest, op, value));
  return editors[op](document, token, value);
}

/** Operations on the object or array that contains the end of a path. */
const editors = {
  add(container: ExactJson, token: string, value: ExactJson): ExactJson {
    if (isExactObject(container)) return { ...container, [token]: value };
    const array = arrayAt(container, token);
    return array.toSpliced(token === "-" ? array.length : indexOf(token, array.length), 0, value);
  },

  replace(container: ExactJson, token: string, value: ExactJson): ExactJson {
    childOf(container, token);
    if (isExactObject(container)) return { ...container, [token]: value };
    return arrayAt(container, token).with(Number(token), value);
  },

  remove(container: ExactJson, token: string): ExactJson {
    childOf(container, token);
    if (!isExactObject(container)) return arrayAt(container, token).toSpliced(Number(token), 1);
    const { [token]: _, ...rest } = container;
    return rest;
  },
};

function childOf(container: ExactJson, token: string): ExactJson {
  if (Array.isArray(container)) return container[indexOf(token, container.length - 1)] ?? null;
  if (!isExactObject(container) || !Object.hasOwn(container, token)) throw missing(token);
  return container[token] ?? null;
}

function arrayAt(container: ExactJson, token: string): ExactJson[] {
  if (!Array.isArray(container)) throw missing(token);
  return container;
}

function indexOf(token: string, largest: number): number {
  const index = /^(0|[1-9]\d*)$/.test(token) ? Number(token) : Infinity;
  if (index > largest) throw missing(token);
  return index;
}

const missing = (token: string): PatchError => new PatchError(`nothing exists at ${JSON.stringify(token)}`);

/** Numbers are equal if their values are equal. Source: https://www.rfc-editor.org/rfc/rfc6902#section-4.6 */
function isEqualJson(one: ExactJson, other: ExactJson): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, index) => isEqualJson(value, other[index] ?? null));
  }
  if (isExactObject(one) && isExactObject(other)) {
    const names = Object.keys(one);
    return (
      names.length === Object.keys(other).length &&
      names.every((name) => Object.hasOwn(other, name) && isEqualJson(one[name] ?? null, other[name] ?? null))
    );
  }
  return comparable(one) === comparable(other);
}

const comparable = (value: ExactJson): unknown => (isRawNumber(value) ? Number(value.rawJSON) : value);
