// The least rights of each type, as its documentation lists them.
import type { Right } from "./account.ts";

export const poolRights: readonly Right[] = [{ path: "/pool", privileges: ["Pool.Allocate", "Pool.Audit"] }];

export const roleRights: readonly Right[] = [
  { path: "/", privileges: ["Permissions.Modify"] },
  { path: "/access", privileges: ["Permissions.Modify", "Sys.Modify"] },
];

export const userRights: readonly Right[] = [
  { path: "/", privileges: ["Permissions.Modify"] },
  { path: "/access/groups", privileges: ["User.Modify"] },
  { path: "/access/realm/pve", privileges: ["Realm.AllocateUser"] },
];

export const tokenRights: readonly Right[] = [{ path: "/access/groups", privileges: ["User.Modify"] }];

export const aclRights = (path: string): Right[] => [{ path, privileges: ["Permissions.Modify"] }];

/** Of a tenant: on its pool, on the storage of its disks and images, and on its bridge. */
export const vmRights = (pool: string, storage: string, bridge: string): Right[] => [
  {
    path: `/pool/${pool}`,
    privileges: [
      "VM.Allocate",
      "VM.Audit",
      "VM.PowerMgmt",
      "VM.GuestAgent.Audit",
      "VM.GuestAgent.FileRead",
      "VM.Config.CDROM",
      "VM.Config.CPU",
      "VM.Config.Cloudinit",
      "VM.Config.Disk",
      "VM.Config.HWType",
      "VM.Config.Memory",
      "VM.Config.Network",
      "VM.Config.Options",
      "Pool.Audit",
    ],
  },
  { path: `/storage/${storage}`, privileges: ["Datastore.AllocateSpace", "Datastore.Audit"] },
  { path: `/sdn/zones/localnetwork/${bridge}`, privileges: ["SDN.Use"] },
];

/** For an image that the nodes download, in addition. */
export const downloadRights = (node: string): Right[] => [
  { path: `/nodes/${node}`, privileges: ["Sys.AccessNetwork"] },
];

export const imageRights = (storage: string): Right[] => [
  { path: `/storage/${storage}`, privileges: ["Datastore.Allocate", "Datastore.AllocateTemplate", "Datastore.Audit"] },
];

export const firewallRights = (pool: string): Right[] => [
  { path: `/pool/${pool}`, privileges: ["VM.Audit", "VM.Config.Network"] },
];
