import * as z from "zod/mini";
// Imported by name: the namespace `z.core` would load all of zod in every process.
import { $constructor, $ZodAsyncError, type $ZodLazyDef } from "zod/v4/core";
import { isObject } from "../wire/wire.ts";

/** The type of each key. It is created when the key is used: twenty kinds cost no more at the start than one. */
export type Tags = Readonly<Record<string, () => z.ZodMiniType>>;

/** An object with exactly one of the keys: `{ file: string } | { pool: Pool }`. */
export type Tagged<T extends Tags> = { [Tag in keyof T]: { [_ in Tag]: z.output<ReturnType<T[Tag]>> } }[keyof T];
type GivenTagged<T extends Tags> = { [Tag in keyof T]: { [_ in Tag]: z.input<ReturnType<T[Tag]>> } }[keyof T];

interface TaggedDef extends $ZodLazyDef {
  readonly tags: Tags;
  readonly made: Map<string, z.ZodMiniType>;
}

const becomeType = (type: z.ZodMiniType, def: TaggedDef): void => z.ZodMiniType.init(type, def);

/**
 * A zod type of its own, so that `clone`, and therefore `option`, preserves it. JSON Schema needs every kind: there it is
 * a lazy union of objects with one key each.
 */
const ZodTagged = /* @__PURE__ */ $constructor<z.ZodMiniType, TaggedDef>("ZodTagged", (inst, def) => {
  becomeType(inst, def);
  Object.defineProperty(inst._zod, "innerType", { get: def.getter });
  inst._zod.parse = (payload, context) => {
    const [tag = "", ...others] = isObject(payload.value) ? Object.keys(payload.value) : [];
    if (!isObject(payload.value) || others.length > 0 || !Object.hasOwn(def.tags, tag)) {
      payload.issues.push({ code: "custom", input: payload.value, inst, message: exactlyOneOf(Object.keys(def.tags)) });
      return payload;
    }
    const inner = valueType(def, tag)._zod.run({ value: payload.value[tag], issues: [] }, context);
    if (inner instanceof Promise) throw new $ZodAsyncError();
    for (const issue of inner.issues) payload.issues.push({ ...issue, path: [tag, ...(issue.path ?? [])] });
    payload.value = { [tag]: inner.value };
    return payload;
  };
});

/**
 * A choice between kinds, each with its own settings: an object with exactly one key, which is an `attrTag` in Nix.
 * `option` creates and describes the value of each key.
 */
export function tagged<T extends Tags>(tags: T): z.ZodMiniType<Tagged<T>, GivenTagged<T>> {
  const def: TaggedDef = { type: "lazy", tags, made: new Map(), getter: () => unionOf(def) };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the constructor cannot know the types in `tags`
  return new ZodTagged(def) as z.ZodMiniType<Tagged<T>, GivenTagged<T>>;
}

function valueType({ tags, made }: TaggedDef, tag: string): z.ZodMiniType {
  const type = made.get(tag) ?? tags[tag]?.();
  if (type === undefined) throw new TypeError(`Unknown tag ${tag}`);
  made.set(tag, type);
  return type;
}

const unionOf = (def: TaggedDef): z.ZodMiniType =>
  z.union(Object.keys(def.tags).map((tag) => z.strictObject({ [tag]: valueType(def, tag) })));

/** "an object with exactly one of `file`, `env`" */
export const exactlyOneOf = (keys: readonly string[]): string =>
  `an object with exactly one of ${keys.map((key) => `\`${key}\``).join(", ")}`;
