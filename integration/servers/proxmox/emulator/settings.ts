import * as z from "zod";

export const settingsSchema = z.object({
  port: z.number(),
  controlPort: z.number(),
  certificateFile: z.string(),
  keyFile: z.string(),
  nodes: z.array(z.string()),
  /** Secret of the token root@pam!tests. */
  tokenSecret: z.string(),
  /** Proxmox' schema of its API; null if it is missing. */
  specFile: z.nullable(z.string()),
  /** Runs VMs by QEMU: its folder, and the port of 127.0.0.1 that leads to the VM's SSH. Null only says that they run. */
  hardware: z.nullable(z.object({ folder: z.string(), sshPort: z.number() })),
});

export type Settings = z.output<typeof settingsSchema>;
