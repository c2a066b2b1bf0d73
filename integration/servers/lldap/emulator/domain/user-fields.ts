import type { AttributeType } from "./attribute-value.ts";
import type { PublicAttributes } from "./schema.ts";
import type { UserColumn } from "./user-filter.ts";

/** Where the value of a field is. Names are in lower case. */
export type UserField =
  | { readonly kind: "column"; readonly column: UserColumn }
  | AttributeField
  | { readonly kind: "memberOf" | "objectClass" | "dn" | "entryDn" | "unknown" };

export interface AttributeField {
  readonly kind: "attribute";
  readonly name: string;
  readonly type: AttributeType;
  readonly isList: boolean;
}

/** The field that a name in a filter or an LDAP search means. Source: crates/ldap/src/core/utils.rs: map_user_field */
export function fieldOfUser(name: string, schema: PublicAttributes): UserField {
  const known = userFields.get(name);
  if (known !== undefined) return known;
  return storedField(name, schema) ?? { kind: "unknown" };
}

/** The attribute with this name, if there is one. */
export function storedField(name: string, schema: PublicAttributes): AttributeField | undefined {
  const attribute = schema.find(name);
  if (attribute === undefined) return undefined;
  return { kind: "attribute", name, type: attribute.attributeType, isList: attribute.isList };
}

const column = (name: UserColumn): UserField => ({ kind: "column", column: name });
const single = (name: string, type: AttributeType): UserField => ({ kind: "attribute", name, type, isList: false });

const userFields: ReadonlyMap<string, UserField> = new Map(
  Object.entries<readonly [UserField, string]>({
    memberOf: [{ kind: "memberOf" }, "memberof ismemberof"],
    objectClass: [{ kind: "objectClass" }, "objectclass"],
    dn: [{ kind: "dn" }, "dn distinguishedname"],
    entryDn: [{ kind: "entryDn" }, "entrydn"],
    id: [column("id"), "uid user_id id"],
    email: [column("email"), "mail email"],
    displayName: [column("displayName"), "cn displayname display_name"],
    firstName: [single("first_name", "STRING"), "givenname first_name firstname"],
    lastName: [single("last_name", "STRING"), "sn last_name lastname"],
    avatar: [single("avatar", "JPEG_PHOTO"), "avatar jpegphoto"],
    created: [column("created"), "creationdate createtimestamp creation_date"],
    modified: [column("modified"), "modifytimestamp modifydate modified_date"],
    passwordModified: [column("passwordModified"), "pwdchangedtime passwordmodifydate password_modified_date"],
    uuid: [column("uuid"), "entryuuid uuid"],
  }).flatMap(([, [field, names]]) => names.split(" ").map((name): [string, UserField] => [name, field])),
);
