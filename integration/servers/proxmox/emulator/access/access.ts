import { Accounts } from "./accounts.ts";
import { Acl } from "./acl.ts";
import { Permissions } from "./permissions.ts";
import { Pools } from "./pools.ts";
import { Roles } from "./roles.ts";
import { Tickets } from "./tickets.ts";

/** Users, roles, pools and who may do what: the content of user.cfg. */
export class Access {
  readonly accounts: Accounts;
  readonly roles = new Roles();
  readonly acl = new Acl();
  readonly pools = new Pools();
  readonly tickets = new Tickets();
  readonly permissions: Permissions;

  constructor(rootPassword: string) {
    this.accounts = new Accounts(rootPassword);
    this.permissions = new Permissions(this.accounts, this.roles, this.acl, this.pools);
  }

  /** A destroyed VM loses its place in a pool and the privileges at its path. Source: remove_vm_access */
  removeVm(vmid: number): void {
    this.pools.removeVm(vmid);
    this.acl.removePath(`/vms/${vmid}`);
  }

  removeUser(name: string): void {
    for (const tokenId of this.accounts.user(name).tokens.keys()) this.acl.removeSubject("token", `${name}!${tokenId}`);
    this.acl.removeSubject("user", name);
    this.accounts.users.delete(name);
  }
}
