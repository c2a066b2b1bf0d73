import type { Kind } from "../domain/attribute-schema.ts";
import { canRead } from "../domain/caller.ts";
import { asciiLower } from "../domain/letter-case.ts";
import { requireReader, type Context } from "./context.ts";
import { userFilter, type RequestFilter } from "./filters.ts";
import { groupView, userView } from "./views.ts";

/** Source: crates/graphql-server/src/query/mod.rs */
export const queries = {
  apiVersion: "1.0",

  user({ userId }: { readonly userId: string }, context: Context) {
    const id = asciiLower(percentDecoded(userId));
    if (!canRead(context.caller, id)) throw new Error("Unauthorized access to user data");
    return userView(context, context.directory.users.get(id));
  },

  users({ filters }: { readonly filters?: RequestFilter | null }, context: Context) {
    requireReader(context, "Unauthorized access to user list");
    const { directory, caller } = context;
    const schema = directory.schema.attributesFor(caller, "user");
    const filter = filters === null || filters === undefined ? undefined : userFilter(directory, schema, filters);
    const found = directory.users.all().filter((user) => filter === undefined || filter(user) === true);
    return found.map((user) => userView(context, user));
  },

  group({ groupId }: { readonly groupId: number }, context: Context) {
    requireReader(context, "Unauthorized access to group data");
    return groupView(context, context.directory.groups.get(groupId));
  },

  groups(_: unknown, context: Context) {
    requireReader(context, "Unauthorized access to group list");
    return context.directory.groups.all().map((group) => groupView(context, group));
  },

  schema: (_: unknown, context: Context) => ({
    userSchema: attributeList(context, "user"),
    groupSchema: attributeList(context, "group"),
  }),
};

/** Source: crates/graphql-server/src/query/schema.rs */
function attributeList({ directory, caller }: Context, kind: Kind): unknown {
  const classes = directory.schema.classes[kind];
  return {
    attributes: directory.schema.attributesFor(caller, kind).all,
    extraLdapObjectClasses: classes.extra(),
    ldapObjectClasses: [
      ...classes.builtIn().map((objectClass) => ({ objectClass, isHardcoded: true })),
      ...classes.extra().map((objectClass) => ({ objectClass, isHardcoded: false })),
    ],
  };
}

/** Percent signs without two digits stay as they are. */
function percentDecoded(text: string): string {
  const bytes = Buffer.from(text)
    .toString("latin1")
    .replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 16)));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, "latin1"));
  } catch (error) {
    throw new Error("Invalid user parameter", { cause: error });
  }
}
