import type { ProxmoxServer } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { contentsOf, membersOf } from "./contents.ts";

/** Deletes every pool, user, role, group, token, permission and image, but those that Proxmox has itself, and those that `keeps` names. */
export async function resetProxmox(server: ProxmoxServer, keeps: (id: string) => boolean): Promise<void> {
  const { pools, roles, users, groups, acl, images } = await contentsOf(server);
  for (const { node, volid } of images) {
    if (keeps(volid.slice(volid.indexOf("/") + 1))) continue;
    await server.call("DELETE", `/nodes/${node}/storage/${server.storage}/content/${encodeURIComponent(volid)}`);
  }
  for (const { path, roleid, type, ugid } of acl) {
    if (keeps(ugid)) continue;
    await server.call("PUT", "/access/acl", { path, roles: roleid, [`${type}s`]: ugid, delete: 1 });
  }
  // A pool comes before those within it.
  for (const { poolid } of pools.toReversed()) {
    if (keeps(poolid)) continue;
    for (const member of await membersOf(server, poolid)) {
      await server.call("PUT", "/pools", { poolid, ...member, delete: 1 });
    }
    await server.call("DELETE", "/pools", { poolid });
  }
  for (const { userid, tokens = [] } of users) {
    if (userid === "root@pam") {
      for (const { tokenid } of tokens) {
        if (!keeps(`${userid}!${tokenid}`)) await server.call("DELETE", `/access/users/${userid}/token/${tokenid}`);
      }
    } else if (!keeps(userid)) await server.call("DELETE", `/access/users/${userid}`);
  }
  for (const { groupid } of groups) if (!keeps(groupid)) await server.call("DELETE", `/access/groups/${groupid}`);
  for (const { roleid } of roles) if (!keeps(roleid)) await server.call("DELETE", `/access/roles/${roleid}`);
}
