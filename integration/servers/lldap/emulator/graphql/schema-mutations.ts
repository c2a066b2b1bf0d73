import type { Kind } from "../domain/attribute-schema.ts";
import type { AttributeType } from "../domain/attribute-value.ts";
import { asciiLower } from "../domain/letter-case.ts";
import { requireAdmin, success, type Context } from "./context.ts";

interface NewAttribute {
  readonly name: string;
  readonly attributeType: AttributeType;
  readonly isList: boolean;
  readonly isVisible: boolean;
  readonly isEditable: boolean;
}

interface Named {
  readonly name: string;
}

/** Source: crates/graphql-server/src/mutation/mod.rs: add_user_attribute and those after it */
export const schemaMutations = {
  addUserAttribute: (attribute: NewAttribute, context: Context) => addAttribute(context, "user", attribute),
  addGroupAttribute: (attribute: NewAttribute, context: Context) => addAttribute(context, "group", attribute),
  deleteUserAttribute: ({ name }: Named, context: Context) => deleteAttribute(context, "user", name),
  deleteGroupAttribute: ({ name }: Named, context: Context) => deleteAttribute(context, "group", name),
  addUserObjectClass: ({ name }: Named, context: Context) => addClass(context, "user", name),
  addGroupObjectClass: ({ name }: Named, context: Context) => addClass(context, "group", name),
  deleteUserObjectClass: ({ name }: Named, context: Context) => deleteClass(context, "user", name),
  deleteGroupObjectClass: ({ name }: Named, context: Context) => deleteClass(context, "group", name),
};

function addAttribute(context: Context, kind: Kind, attribute: NewAttribute): unknown {
  requireValidName(kind, attribute.name);
  requireAdmin(context, "Unauthorized attribute creation");
  const name = asciiLower(attribute.name);
  context.directory.schema.addAttribute(kind, { ...attribute, name, isHardcoded: false, isReadonly: false });
  return success;
}

/** Source: crates/validation/src/attributes.rs. The message for groups does not name the characters. */
function requireValidName(kind: Kind, name: string): void {
  const invalid = name.replaceAll(/[\p{Alphabetic}\p{N}-]/gu, "");
  if (invalid === "") return;
  const rule = "Cannot create attribute with invalid name. Valid characters: a-z, A-Z, 0-9, and dash (-)";
  throw new Error(kind === "user" ? `${rule}. Invalid chars found: ${invalid}` : rule);
}

function deleteAttribute(context: Context, kind: Kind, sent: string): unknown {
  requireAdmin(context, "Unauthorized attribute deletion");
  const { directory } = context;
  const name = asciiLower(sent);
  const attribute = directory.schema.attributes(kind).find(name);
  if (attribute === undefined) throw new Error(`Attribute ${name} is not defined in the schema`);
  if (attribute.isHardcoded) throw new Error(`Permission denied: Attribute ${name} cannot be deleted`);
  directory.deleteAttribute(kind, name);
  return success;
}

function addClass(context: Context, kind: Kind, name: string): unknown {
  requireAdmin(context, "Unauthorized object class addition");
  context.directory.schema.classes[kind].add(name);
  return success;
}

function deleteClass(context: Context, kind: Kind, name: string): unknown {
  requireAdmin(context, "Unauthorized object class deletion");
  context.directory.schema.classes[kind].remove(name);
  return success;
}
