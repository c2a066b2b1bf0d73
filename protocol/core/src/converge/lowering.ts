import * as z from "zod/mini";
import { differences, isEqualJson } from "./difference.ts";
import { option } from "../resource/option.ts";
import { ProviderError } from "../report/error.ts";
import { somethingElse, type Lowering, type Shape, type Values } from "../resource/resource.ts";
import { isObject, type Properties } from "../wire/wire.ts";

/** Names what an object has and the wanted list does not: only its type knows what makes two entries the same. */
type ListComparisons<Inputs extends Shape> = {
  readonly [Name in keyof Inputs]?: (wanted: Values<Inputs>[Name], has: Values<Inputs>[Name]) => readonly string[];
};

/**
 * Refuses to adopt an object that would lose something which the user may not know of. A default that the user wrote and
 * one that NixOps4 filled in look the same, so both are refused (docs/adr/003-ownership.md). Not a part of the main
 * export, since few types need it.
 */
export const lowering = <Inputs extends Shape>(inputs: Inputs, lists: ListComparisons<Inputs> = {}): Lowering => ({
  inputs: {
    adoptLowers: option(
      z.boolean(),
      "Whether adopting may reset what the existing object has and these inputs leave at their defaults, and remove entries that they do not list. False refuses such an adoption and names what it would change. It has no effect on an object that the deployment manages already.",
      false,
    ),
  },
  refuse(want, seen) {
    const lost = want["adoptLowers"] === true ? [] : lostInputs(inputs, lists, want, seen);
    if (lost.length === 0) return undefined;
    return new ProviderError(`adopting would reset or remove what the inputs do not declare: ${lost.join(", ")}`, {
      code: "protocol.ownership.lowers",
      hint: "Set `adoptLowers = true` on this resource to lose this, or declare it to keep it",
    });
  },
});

/** What the update would reset to a default, or remove from a set or a list, in words. */
function lostInputs(inputs: Shape, lists: ListComparisons<Shape>, want: Properties, seen: Properties): string[] {
  return differences(want, seen).flatMap(({ field }) => {
    const [has, wanted] = [seen[field], want[field]];
    if (Array.isArray(has)) return [...(lists[field]?.(wanted, has) ?? [])];
    return lostIn(field, inputs[field], wanted, has);
  });
}

/** The same for one input, or for a part of one: the path of each part, with its value if that is simple. */
function lostIn(path: string, type: z.core.$ZodType | undefined, wanted: unknown, has: unknown): string[] {
  if (isEqualJson(wanted, has)) return [];
  if (isObject(has) && isObject(wanted)) {
    return Object.entries(has).flatMap(([name, part]) => {
      const at = `${path}.${name}`;
      // Without its value, which could be a secret of whoever set it.
      return Object.hasOwn(wanted, name) ? lostIn(at, partOf(type, name), wanted[name], part) : [`\`${at}\``];
    });
  }
  const isDefault = type !== undefined && isEqualJson(wanted, z.safeParse(type, undefined).data);
  if (!isDefault) return [];
  return [has === somethingElse || isObject(has) ? `\`${path}\`` : `\`${path} = ${JSON.stringify(has)}\``];
}

/** The type of a field of an object, or of the values of a record. */
function partOf(type: z.core.$ZodType | undefined, name: string): z.core.$ZodType | undefined {
  if (type instanceof z.ZodMiniPrefault || type instanceof z.ZodMiniNullable) return partOf(type.def.innerType, name);
  if (type instanceof z.ZodMiniObject) return type.shape[name];
  return type instanceof z.ZodMiniRecord ? type.def.valueType : undefined;
}
