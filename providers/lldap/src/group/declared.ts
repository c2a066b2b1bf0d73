import { namesIn, type Values } from "../attributes.ts";
import { parseDeclared, stringsIn } from "../declared.ts";
import type { ApiGroup } from "../graphql/shapes.ts";

/** What a deployment has declared of a group, which stays with it when somebody renames it. */
export interface Declared {
  /** The name in the inputs; undefined if the group says nothing. */
  readonly name: string | undefined;
  /** Names of custom attributes. */
  readonly attributes: readonly string[];
}

/** What the inputs declare. */
export const declaredBy = ({ name, attributes }: { name: string; attributes: Values }): Declared => ({
  name,
  attributes: namesIn(attributes),
});

export function readDeclared(group: ApiGroup): Declared {
  const { name, attributes } = parseDeclared(group);
  return { name: typeof name === "string" ? name : undefined, attributes: stringsIn(attributes) };
}
