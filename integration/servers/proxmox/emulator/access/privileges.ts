import { words } from "../words.ts";
interface Group {
  readonly root?: readonly string[];
  readonly admin: readonly string[];
  readonly user: readonly string[];
  readonly audit: readonly string[];
}

/** Source: PVE/AccessControl.pm: privgroups */
const groups: Readonly<Record<string, Group>> = {
  VM: {
    admin: words(`
VM.Config.Disk VM.Config.CPU VM.Config.Memory VM.Config.Network VM.Config.HWType VM.Config.Options
VM.Allocate VM.Clone VM.GuestAgent.Unrestricted VM.Migrate VM.Replicate VM.Snapshot
VM.Snapshot.Rollback
`),
    user: words(`
VM.Config.CDROM VM.Config.Cloudinit VM.Console VM.Backup VM.GuestAgent.FileRead
VM.GuestAgent.FileSystemMgmt VM.GuestAgent.FileWrite VM.PowerMgmt
`),
    audit: ["VM.Audit", "VM.GuestAgent.Audit"],
  },
  Sys: {
    root: ["Sys.PowerMgmt", "Sys.Modify", "Sys.Incoming", "Sys.AccessNetwork"],
    admin: ["Sys.Console", "Sys.Syslog"],
    user: [],
    audit: ["Sys.Audit"],
  },
  Datastore: {
    admin: ["Datastore.Allocate", "Datastore.AllocateTemplate"],
    user: ["Datastore.AllocateSpace"],
    audit: ["Datastore.Audit"],
  },
  SDN: { admin: ["SDN.Allocate", "SDN.Audit"], user: ["SDN.Use"], audit: ["SDN.Audit"] },
  User: {
    root: ["Realm.Allocate"],
    admin: ["User.Modify", "Group.Allocate", "Realm.AllocateUser"],
    user: [],
    audit: [],
  },
  Pool: { admin: ["Pool.Allocate"], user: ["Pool.Audit"], audit: ["Pool.Audit"] },
  Mapping: { admin: ["Mapping.Modify"], user: ["Mapping.Use"], audit: ["Mapping.Audit"] },
};

const all = Object.values(groups).flatMap(({ root = [], admin, user, audit }) => [
  ...root,
  ...admin,
  ...user,
  ...audit,
]);

/** Every privilege. `VM.Monitor` of PVE 8 is gone. Reference: section 3 */
export const privileges: readonly string[] = [...new Set([...all, "Permissions.Modify"])].sort();

/** The roles that exist from the start, which nobody can change. Source: PVE/AccessControl.pm: create_roles */
export function builtInRoles(): Map<string, ReadonlySet<string>> {
  const roles = new Map<string, ReadonlySet<string>>([
    ["NoAccess", new Set()],
    ["Administrator", new Set(privileges)],
    ["PVETemplateUser", new Set(["VM.Clone", "VM.Audit"])],
  ]);
  const everything = Object.values(groups);
  const administered = everything.flatMap(({ admin, user, audit }) => [...admin, ...user, ...audit]);
  roles.set("PVEAdmin", new Set(administered.filter((name) => name !== "Mapping.Modify")));
  roles.set("PVEAuditor", new Set(everything.flatMap(({ audit }) => audit)));
  for (const [name, { admin, user, audit }] of Object.entries(groups)) {
    roles.set(`PVE${name}Admin`, new Set([...admin, ...user, ...audit]));
    if (user.length > 0) roles.set(`PVE${name}User`, new Set([...user, ...audit]));
  }
  return roles;
}
