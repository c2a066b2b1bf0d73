import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

/** Properties that other inputs manage, or that are no settings. */
const managed =
  /^(name|description|tags|pool|vmid|node|cores|sockets|cpu|cpulimit|cpuunits|memory|balloon|net[0-9]+|(scsi|virtio|sata|ide)[0-9]+|efidisk0|tpmstate0|unused[0-9]+|agent|serial0|machine|bios|onboot|startup|protection|ciuser|cipassword|ciupgrade|citype|sshkeys|ipconfig[0-9]+|nameserver|searchdomain|lock|digest|delete|revert|force|skiplock|smbios1|meta|template|start|archive|unique)$/;

export const extraConfig = option(
  z.record(
    z.string().check(
      z.regex(/^[a-z][a-z0-9-]*$/),
      z.refine((key) => !managed.test(key), "a property that no other input manages"),
    ),
    z.string().check(z.regex(/^[^\n]+$/)),
  ),
  'Further properties of the VM by Proxmox\'s names: `{ vga = "serial0"; hotplug = "disk,network"; }`. Proxmox checks them. A property that is no longer declared is removed.',
  {},
);
