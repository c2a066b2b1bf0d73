import { words } from "../../words.ts";

/** Slots of disks in the order that Proxmox VE goes through them. Source: PVE/QemuServer/Drive.pm: valid_drive_names */
export const driveKeys: readonly string[] = [
  ...numbered("ide", 4),
  ...numbered("scsi", 31),
  ...numbered("virtio", 16),
  ...numbered("sata", 6),
  "efidisk0",
  "tpmstate0",
];

function numbered(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${kind}${index}`);
}

const drives = new Set(driveKeys);

export const isDriveKey = (key: string): boolean => drives.has(key);

export const isCardKey = (key: string): boolean => /^net([0-9]|[12][0-9]|3[01])$/.test(key);

export const isUnusedKey = (key: string): boolean => /^unused\d{1,3}$/.test(key);

/** Options that need a privilege of the name. Source: PVE/API2/Qemu.pm */
export const cpuKeys = new Set(words("cores cpu cpulimit cpuunits numa smp sockets vcpus"));
export const memoryKeys = new Set(words("memory balloon shares allow-ksm"));
export const hardwareKeys = new Set(words("acpi hotplug kvm machine scsihw smbios1 tablet vga watchdog audio0 rng0"));
export const generalKeys = new Set(
  words(`
    agent autostart bios description keyboard localtime migrate_downtime migrate_speed name onboot ostype protection
    reboot startdate startup tdf template
  `),
);
export const diskKeys = new Set(words("boot bootdisk vmstatestorage"));
export const cloudInitKeys: readonly string[] = words(
  "cicustom cipassword citype ciuser ciupgrade nameserver searchdomain sshkeys",
);

export const isCloudInitKey = (key: string): boolean => cloudInitKeys.includes(key) || isIpConfigKey(key);

const isIpConfigKey = (key: string): boolean => /^ipconfig([0-9]|[12][0-9]|3[01])$/.test(key);

const others = new Set(
  words(`
    affinity amd-sev arch args freeze hookscript hugepages intel-tdx ivshmem keephugepages lock spice_enhancements tags
    vmgenid vmstate parent snaptime running-nets-host-mtu runningcpu runningmachine meta
  `),
);

/** Whether a VM's configuration has such a key. Source: PVE/QemuServer.pm: option_exists */
export const optionExists = (key: string): boolean =>
  isDriveKey(key) ||
  isCardKey(key) ||
  isUnusedKey(key) ||
  isCloudInitKey(key) ||
  [cpuKeys, memoryKeys, hardwareKeys, generalKeys, diskKeys, others].some((keys) => keys.has(key)) ||
  /^(serial[0-3]|parallel[0-2]|numa[0-7]|usb([0-9]|1[0-3])|hostpci([0-9]|1[0-5])|virtiofs[0-9])$/.test(key);

/** Takes effect at once in the configuration of a running VM. Source: fast_plug_option */
const fast = new Set(
  words(`
    description hookscript lock migrate_downtime migrate_speed name onboot protection shares startup tags vmstatestorage
  `),
);

export const isFastKey = (key: string): boolean => fast.has(key) || isCloudInitKey(key);
