// What people do in lldap's web page.
import { Entries, type AttributeKind } from "@nixops4-resources/integration-servers/lldap/entries";
import type { LldapServer } from "@nixops4-resources/integration-servers/lldap/lldap";

type Fields = Readonly<Record<string, unknown>>;

export const createUser = (server: LldapServer, { id, ...fields }: { readonly id: string } & Fields): Promise<void> =>
  new Entries(server).createUser(id, fields);

export const updateUser = (server: LldapServer, id: string, fields: Fields): Promise<void> =>
  new Entries(server).updateUser(id, fields);

export async function joinGroup(server: LldapServer, user: string, name: string): Promise<void> {
  const entries = new Entries(server);
  await entries.addMember(user, await entries.groupId(name));
}

export async function leaveGroup(server: LldapServer, user: string, name: string): Promise<void> {
  const entries = new Entries(server);
  await entries.removeMember(user, await entries.groupId(name));
}

export async function createGroup(server: LldapServer, name: string): Promise<void> {
  await new Entries(server).createGroup(name);
}

export async function updateGroup(server: LldapServer, name: string, fields: Fields): Promise<void> {
  const entries = new Entries(server);
  await entries.updateGroup(await entries.groupId(name), fields);
}

export const renameGroup = (server: LldapServer, from: string, to: string): Promise<void> =>
  updateGroup(server, from, { displayName: to });

interface AttributeByHand {
  readonly name: string;
  readonly attributeType: string;
  readonly isList: boolean;
  readonly isVisible?: boolean;
  readonly isEditable?: boolean;
}

export const addAttribute = (
  server: LldapServer,
  kind: AttributeKind,
  { name, attributeType, ...flags }: AttributeByHand,
): Promise<void> => new Entries(server).addAttribute(kind, name, attributeType, flags);

/** Replaces a custom attribute, as people do who want other flags. Its values are lost. */
export async function replaceAttribute(
  server: LldapServer,
  kind: AttributeKind,
  attribute: AttributeByHand,
): Promise<void> {
  await new Entries(server).deleteAttribute(kind, attribute.name);
  await addAttribute(server, kind, attribute);
}
