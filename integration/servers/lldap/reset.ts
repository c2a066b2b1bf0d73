import * as z from "zod";
import type { LldapServer } from "./lldap.ts";

const contents = z.object({
  users: z.array(z.object({ id: z.string() })),
  groups: z.array(z.object({ id: z.int(), displayName: z.string() })),
  schema: z.record(
    z.enum(["userSchema", "groupSchema"]),
    z.object({
      attributes: z.array(z.object({ name: z.string(), isHardcoded: z.boolean() })),
      extraLdapObjectClasses: z.array(z.string()),
    }),
  ),
});

const everything = `{
  users { id }
  groups { id displayName }
  schema { userSchema { ...names } groupSchema { ...names } }
}
fragment names on AttributeList { attributes { name isHardcoded } extraLdapObjectClasses }`;

const builtIn = ["lldap_admin", "lldap_password_manager", "lldap_strict_readonly"];

/** Deletes everything that lldap did not create itself, and creates its groups again. The administrator stays. */
export async function resetLldap(server: LldapServer): Promise<void> {
  const { users, groups, schema } = contents.parse(await server.graphql(everything));
  // One after the other, and one per request: lldap runs the mutations of one request at the same time.
  const run = async (field: string): Promise<unknown> => await server.graphql(`mutation { ${field} }`);
  for (const { id } of users) {
    if (id !== server.username) await run(`deleteUser(userId: ${JSON.stringify(id)}) { ok }`);
  }
  for (const { id, displayName } of groups)
    if (!builtIn.includes(displayName)) await run(`deleteGroup(groupId: ${id}) { ok }`);
  for (const name of builtIn) {
    if (!groups.some(({ displayName }) => displayName === name)) await run(`createGroup(name: "${name}") { id }`);
  }
  for (const kind of ["User", "Group"] as const) {
    const { attributes, extraLdapObjectClasses } = schema[kind === "User" ? "userSchema" : "groupSchema"];
    for (const { name } of attributes.filter(({ isHardcoded }) => !isHardcoded)) {
      await run(`delete${kind}Attribute(name: ${JSON.stringify(name)}) { ok }`);
    }
    for (const name of extraLdapObjectClasses)
      await run(`delete${kind}ObjectClass(name: ${JSON.stringify(name)}) { ok }`);
  }
}
