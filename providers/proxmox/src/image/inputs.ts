import { option, runtimePath, type Values } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { Connection } from "../connection.ts";

/** Source: the format pve-storage-id of pve-storage. */
export const storageId = z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]$/));

/** Source: the format pve-node of pve-common. */
export const nodeName = z.string().check(z.regex(/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/));

export const inputs = {
  name: option(
    z.string().check(z.regex(/^[A-Za-z0-9_-]{1,60}$/)),
    "Name of the image: 1 to 60 letters, digits, hyphens and underscores. Changing the name declares a different image.",
  ),
  file: option(
    z.nullable(runtimePath),
    "File with the image, on the machine that applies: qcow2, vmdk, ova, or a raw disk with a partition table. With NixOS it is the image variant `qemu` of nixpkgs. A file with another content is uploaded as another volume, and the volumes of before stay: VMs that exist keep their disks. Null means `url`.",
    null,
  ),
  url: option(
    z.nullable(z.string().check(z.regex(/^https?:\/\/[^\s/@]+\/\S*$/))),
    "Address of the image, which each node downloads itself: `https://images.example.org/nixos.qcow2`. It needs `sha256`, and no file. The node checks the certificate of the server. Null means `file`.",
    null,
  ),
  sha256: option(
    z.nullable(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
    "SHA-256 of the image, in lower-case hexadecimal digits. Null computes that of `file` at every apply, which takes seconds for a large file.",
    null,
  ),
  format: option(
    z.nullable(z.enum(["ova", "qcow2", "raw", "vmdk"])),
    "Format of the image at `url`. Null takes it from the end of the address. The format of `file` is that of its content.",
    null,
  ),
  storage: option(
    storageId,
    "Storage for the image. It must store files (a directory, NFS, CIFS, CephFS or BTRFS) and have the content type `import`, which Proxmox VE 8.4 or later has.",
  ),
  nodes: option(
    z.array(nodeName).check(z.minLength(1)),
    "Nodes whose storage gets the image. With a storage that the nodes share, one copy serves all, and the first node is enough.",
  ),
};

export const outputs = {
  volume: option(
    z.string(),
    "Id of the volume, for `source.image` of a VM: `local:import/nixops4.ops.nixos-0123456789abcdef.qcow2`.",
  ),
  sha256: option(z.string(), "SHA-256 of the image."),
  virtualSizeBytes: option(z.int(), "Size of the disk in the image, in bytes: a VM's disk cannot be smaller."),
};

export type Want = Values<typeof inputs> & { readonly managedBy: string; readonly connection: Connection };
