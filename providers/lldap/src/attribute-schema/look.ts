import type { Seen } from "@nixops4-resources/protocol-core";
import { lookUpGroupAttributes, lookUpSchema, lookUpUserAttributes } from "../graphql/operations.ts";
import type { LldapReader } from "../graphql/reader.ts";
import type { ApiAttributeSchema } from "../graphql/shapes.ts";
import type { inputs, outputs, Want } from "./inputs.ts";

/** The attribute, and the one of the same name that the other kind has. */
export interface Look {
  readonly found: ApiAttributeSchema | undefined;
  readonly other: ApiAttributeSchema | undefined;
}

export async function lookAt(client: LldapReader, { kind, name }: Want): Promise<Look> {
  const { userSchema, groupSchema } = (await client.ask(lookUpSchema)).schema;
  const user = userSchema.attributes.find((attribute) => attribute.name === name);
  const group = groupSchema.attributes.find((attribute) => attribute.name === name);
  return kind === "user" ? { found: user, other: group } : { found: group, other: user };
}

/** Number of users or groups that have a value of the attribute. Only names are asked for: lldap sends all users at once. */
export async function countHolders(client: LldapReader, { kind, name }: Want): Promise<number> {
  const { holders } = await client.ask(kind === "user" ? lookUpUserAttributes : lookUpGroupAttributes);
  return holders.filter(({ attributes }) => attributes.some((attribute) => attribute.name === name)).length;
}

/** An existing attribute, with the number of values that a change would delete. */
export class SeenAttribute implements Seen<typeof inputs, typeof outputs> {
  readonly mark = undefined;
  readonly inputs: Seen<typeof inputs, typeof outputs>["inputs"];
  readonly outputs: { name: string };
  readonly holders: number;

  constructor({ kind }: Want, found: ApiAttributeSchema, holders: number) {
    const { name, attributeType, isList, isVisible, isEditable } = found;
    this.inputs = { kind, name, attributeType, isList, isVisible, isEditable };
    this.outputs = { name };
    this.holders = holders;
  }
}

/** Whether the attribute is not as declared. */
export const isDifferent = (want: Want, found: ApiAttributeSchema): boolean =>
  want.attributeType !== found.attributeType ||
  want.isList !== found.isList ||
  want.isVisible !== found.isVisible ||
  want.isEditable !== found.isEditable;
