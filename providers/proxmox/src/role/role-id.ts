/** Roles of a deployment. Its name contains no dot, so no deployment's roles look like another's (docs/adr/014-proxmox-access.md). */
export const rolesOf = (managedBy: string): string => `nixops4.${managedBy}.`;

export const roleIdOf = ({ managedBy, name }: { readonly managedBy: string; readonly name: string }): string =>
  `${rolesOf(managedBy)}${name}`;
