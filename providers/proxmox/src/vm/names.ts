import type { InputNames } from "../api/rejection.ts";

const numbered = (prefix: string, count: number, input: string): [string, string][] =>
  Array.from({ length: count }, (_, index) => [`${prefix}${index}`, `${input}.${prefix}${index}`]);

/** Our inputs by Proxmox's parameters. */
export const names: InputNames = {
  name: "hostname",
  poolid: "pool",
  cores: "cpu.cores",
  sockets: "cpu.sockets",
  cpu: "cpu.type",
  cpulimit: "cpu.limit",
  cpuunits: "cpu.units",
  memory: "memoryMib",
  balloon: "balloonMib",
  serial0: "serial",
  efidisk0: "efiDisk",
  tpmstate0: "tpmState",
  ciuser: "cloudInit.user",
  sshkeys: "cloudInit.sshKeys",
  nameserver: "cloudInit.dns.servers",
  searchdomain: "cloudInit.dns.searchDomain",
  ...Object.fromEntries([
    ...numbered("net", 32, "nics"),
    ...numbered("scsi", 31, "disks"),
    ...numbered("virtio", 16, "disks"),
    ...numbered("sata", 6, "disks"),
    ...numbered("ide", 4, "disks"),
    ...Array.from({ length: 32 }, (_, index) => [`ipconfig${index}`, `cloudInit.addresses.net${index}`]),
  ]),
};
