import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { storageId } from "../../image/inputs.ts";

const efi = z
  .strictObject({
    storage: option(storageId, "Storage of the EFI disk. A change moves it with its contents."),
    type: option(z.enum(["4m", "2m"]), "Type of the EFI variables. `2m` is for old VMs only. It cannot change.", "4m"),
    preEnrolledKeys: option(
      z.boolean(),
      "Whether Secure Boot begins with the keys of Microsoft and common distributions; for `4m`. NixOS is not signed with them. It cannot change.",
      false,
    ),
  })
  .check(
    z.refine(({ type, preEnrolledKeys }) => type === "4m" || !preEnrolledKeys, "keys only in an EFI disk of type `4m`"),
  );

const tpm = z.strictObject({
  storage: option(storageId, "Storage of the TPM state. A change moves it with its contents, while the VM is off."),
  version: option(z.enum(["v2.0", "v1.2"]), "Version of the TPM. It cannot change.", "v2.0"),
});

export type EfiDisk = z.output<typeof efi>;
export type TpmState = z.output<typeof tpm>;

export const efiDisk = option(
  z.nullable(efi),
  'Disk on which UEFI firmware keeps boot entries and keys, for `bios = "ovmf"`. One that is added to a running VM takes effect at the next start. Null leaves the VM as it is.',
  null,
);

export const tpmState = option(
  z.nullable(tpm),
  "State of an emulated TPM. One that is added to a running VM takes effect at the next start. Null leaves the VM as it is.",
  null,
);
