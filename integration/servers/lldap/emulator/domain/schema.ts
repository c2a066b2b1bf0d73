import { StoredAttributes, withComputed, type AttributeSchema, type Kind } from "./attribute-schema.ts";
import type { AttributeType } from "./attribute-value.ts";
import { canReadAll, type Caller } from "./caller.ts";
import { internalError } from "./errors.ts";
import { ObjectClasses } from "./object-classes.ts";

/** The notation of types in lldap's messages. */
const typeNames: Record<AttributeType, string> = {
  STRING: "String",
  INTEGER: "Integer",
  JPEG_PHOTO: "JpegPhoto",
  DATE_TIME: "DateTime",
};

/** Attributes and object classes of users and groups. Source: crates/sql-backend-handler/src/sql_schema_backend_handler.rs */
export class Schema {
  readonly stored = { user: new StoredAttributes("user"), group: new StoredAttributes("group") };
  readonly classes = { user: new ObjectClasses("user"), group: new ObjectClasses("group") };

  /** Adds a custom attribute. Users and groups may both have it if its type is the same. */
  addAttribute(kind: Kind, attribute: AttributeSchema): void {
    const otherKind = kind === "user" ? "group" : "user";
    const other = this.stored[otherKind].find(attribute.name);
    if (other !== undefined && other.attributeType !== attribute.attributeType) {
      throw internalError(
        `A ${otherKind} attribute '${attribute.name}' already exists with type ${typeNames[other.attributeType]}, ` +
          `cannot create a ${kind} attribute with type ${typeNames[attribute.attributeType]}. ` +
          "LDAP requires each attribute name to have a single type.",
      );
    }
    this.stored[kind].add(attribute);
  }

  /** All attributes, as administrators see them. */
  attributes(kind: Kind): PublicAttributes {
    return new PublicAttributes(withComputed(kind, this.stored[kind].all()));
  }

  /** Source: crates/access-control/src/lib.rs: UserRestrictedListerBackendHandler::get_schema */
  attributesFor(caller: Caller, kind: Kind): PublicAttributes {
    const stored = this.stored[kind].all();
    return new PublicAttributes(
      withComputed(kind, canReadAll(caller) ? stored : stored.filter(({ isVisible }) => isVisible)),
    );
  }
}

/** Attributes of one kind of entry in the order of their names. */
export class PublicAttributes {
  readonly all: readonly AttributeSchema[];

  constructor(all: readonly AttributeSchema[]) {
    this.all = all;
  }

  /** By its name in any case of letters. */
  find(name: string): AttributeSchema | undefined {
    return this.all.find((attribute) => attribute.name === name);
  }
}
