import { canWrite, isAdmin } from "../domain/caller.ts";
import { asciiLower } from "../domain/letter-case.ts";
import { parseUserValues, withFields, type AttributeValueInput, type NameFields } from "./attribute-input.ts";
import { requireAdmin, success, type Context } from "./context.ts";
import { userView } from "./views.ts";

interface CreateUserInput extends NameFields {
  readonly id: string;
  readonly email?: string | null;
  readonly displayName?: string | null;
  readonly attributes?: readonly AttributeValueInput[] | null;
}

interface UpdateUserInput extends NameFields {
  readonly id: string;
  readonly email?: string | null;
  readonly displayName?: string | null;
  readonly removeAttributes?: readonly string[] | null;
  readonly insertAttributes?: readonly AttributeValueInput[] | null;
}

/** Source: crates/graphql-server/src/mutation/mod.rs: create_user, update_user, delete_user */
export const userMutations = {
  createUser({ user }: { readonly user: CreateUserInput }, context: Context) {
    requireAdmin(context, "Unauthorized user creation");
    const { users, schema } = context.directory;
    const sent = withFields(user.attributes ?? [], user);
    const values = parseUserValues(schema.attributes("user"), sent, true);
    const email = user.email ?? values.email;
    if (email === undefined) throw new Error("Email is required when creating a new user");
    const displayName = user.displayName ?? values.displayName;
    return userView(context, users.create({ id: asciiLower(user.id), email, displayName, attributes: values.others }));
  },

  /** Anybody may remove any of their own attributes: only values that are written must be editable. */
  updateUser({ user }: { readonly user: UpdateUserInput }, { directory, caller }: Context) {
    const id = asciiLower(user.id);
    if (!canWrite(caller, id)) throw new Error("Unauthorized user update");
    const sent = withFields(user.insertAttributes ?? [], user);
    const removed = [...sent.filter(isRemoval).map(({ name }) => name), ...(user.removeAttributes ?? [])];
    const insert = sent.filter((attribute) => !isRemoval(attribute));
    const values = parseUserValues(directory.schema.attributes("user"), insert, isAdmin(caller));
    const displayName = values.displayName ?? (removed.includes("display_name") ? "" : undefined);
    directory.users.update({
      id,
      email: user.email ?? values.email,
      displayName: user.displayName ?? displayName,
      remove: removed.filter((name) => name !== "mail" && name !== "display_name").map(asciiLower),
      insert: values.others,
    });
    return success;
  },

  deleteUser({ userId }: { readonly userId: string }, context: Context) {
    requireAdmin(context, "Unauthorized user deletion");
    const id = asciiLower(userId);
    if (context.caller.userId === id) throw new Error("Cannot delete current user");
    context.directory.deleteUser(id);
    return success;
  },
};

/** The value `[""]` removes an attribute, of users only. */
const isRemoval = ({ value }: AttributeValueInput): boolean => value.length === 1 && value[0] === "";
