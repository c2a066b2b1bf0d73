import * as z from "zod/mini";

/** `alice@pve`. Proxmox permits further characters, which would need quotes in lists. */
export const userId = z
  .string()
  .check(z.maxLength(64), z.regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]*(@[A-Za-z0-9._+-]+)*@[A-Za-z][A-Za-z0-9._-]+$/));

/** Every cluster has this user. Its rights do not depend on permissions. */
export const administrator = "root@pam";
