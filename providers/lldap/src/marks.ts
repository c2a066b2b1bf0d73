// Where marks are kept: lldap has no comments, so they are values of custom attributes that ordinary users cannot see.
import { encodeMark, readMark, type Mark } from "@nixops4-resources/protocol-core";
import { failure } from "./failure.ts";
import { addGroupAttribute, addUserAttribute, lookUpSchema } from "./graphql/operations.ts";
import { valueOf, type ApiAttribute, type ApiAttributeSchema } from "./graphql/shapes.ts";
import type { LldapWriter } from "./graphql/writer.ts";
import { whileLocked } from "./lock.ts";

/** The attribute with the mark. Its value is equal for all objects of one type and deployment, so lldap can filter by it. */
export const ownerAttribute = "nixops4-owner";

/** The attribute with what the deployment declared of an object that others may add to: see declared.ts. */
export const declaredAttribute = "nixops4-declared";

export const ownAttributes: readonly string[] = [ownerAttribute, declaredAttribute];

/** A user or a group. */
interface Holder {
  readonly attributes: readonly ApiAttribute[];
}

export const markOf = (holder: Holder): Mark | undefined => readMark(valueOf(holder, ownerAttribute));

/** The value of an attribute, as lldap's mutations take it. */
export interface AttributeValue {
  readonly name: string;
  readonly value: readonly string[];
}

export const markValue = (mark: Mark): AttributeValue => ({ name: ownerAttribute, value: [encodeMark(mark)] });

/** The marks that objects of this type can have, created and adopted. */
export const possibleMarks = (managedBy: string, type: string): readonly [string, string] => [
  encodeMark({ managedBy, type }),
  encodeMark({ managedBy, type, adopted: true }),
];

const kinds = {
  user: { schema: "userSchema", add: addUserAttribute },
  group: { schema: "groupSchema", add: addGroupAttribute },
} as const;

/** Creates our attributes if lldap does not have them yet. `known` are those that the last look saw. */
export async function requireOwnAttributes(
  client: LldapWriter,
  kind: keyof typeof kinds,
  known: readonly ApiAttributeSchema[],
): Promise<void> {
  if (missingOf(known).length === 0) return;
  const { schema, add } = kinds[kind];
  const look = async (): Promise<string[]> => missingOf((await client.ask(lookUpSchema)).schema[schema].attributes);
  await whileLocked("attribute", { name: `${kind} ${ownerAttribute}`, connection: client.connection }, async () => {
    for (const name of await look()) {
      const refused = await client.tryChange(add, { name, ...hidden });
      // Another machine may have created it meanwhile.
      if (refused !== undefined && (await look()).includes(name)) throw await client.explained(refused, "lldap_admin");
    }
  });
}

const hidden = { attributeType: "STRING", isList: false, isVisible: false, isEditable: false } as const;

function missingOf(known: readonly ApiAttributeSchema[]): string[] {
  return ownAttributes.filter((wanted) => {
    const found = known.find(({ name }) => name === wanted);
    if (found !== undefined && (found.isList || found.attributeType !== "STRING")) throw unusable(wanted);
    return found === undefined;
  });
}

const unusable = (name: string): Error =>
  failure(
    `the attribute ${name} exists with another type, so it cannot store marks`,
    "lldap.attribute.reserved",
    `Delete the attribute ${name} by hand: it is not one of this provider`,
  );
