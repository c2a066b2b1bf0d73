import { cpuFormat } from "./cpu-format.ts";
import { matching, type Format } from "./format.ts";
import type { Properties, Property } from "./spec.ts";
import { splitList } from "../http/parameters.ts";
import { failure } from "../refusal.ts";

const text = (rest: Property = {}): Property => ({ type: "string", optional: 1, ...rest });
const base64 = text({ pattern: "[A-Za-z0-9+\\/]+={0,2}" });
const volume = text({ format: "pve-volume-id" });

/** Property strings whose parts the schema does not contain. Reference: section 5; source: PVE/QemuServer.pm */
export const guestPropertyFormats: Readonly<Record<string, Properties>> = {
  "pve-qm-ipconfig": {
    ip: text({ format: "pve-ipv4-config" }),
    gw: text({ format: "ipv4", requires: "ip" }),
    ip6: text({ format: "pve-ipv6-config" }),
    gw6: text({ format: "ipv6", requires: "ip6" }),
  },
  "pve-qm-boot": {
    legacy: text({ default_key: 1, pattern: "[acdn]{1,4}" }),
    order: text({ format: "pve-qm-bootdev-list" }),
  },
  "pve-qm-smbios1": {
    uuid: text({ pattern: "[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}" }),
    version: base64,
    serial: base64,
    manufacturer: base64,
    product: base64,
    sku: base64,
    family: base64,
    base64: { type: "boolean", optional: 1 },
  },
  "pve-qm-cicustom": { meta: volume, network: volume, user: volume, vendor: volume },
  "pve-vm-cpu-conf": cpuFormat,
  "pve-qm-watchdog": {
    model: text({ default_key: 1, enum: ["i6300esb", "ib700"] }),
    action: text({ enum: ["reset", "shutdown", "poweroff", "pause", "debug", "none"] }),
  },
  "pve-qm-rng": {
    source: { type: "string", default_key: 1, enum: ["/dev/urandom", "/dev/random", "/dev/hwrng"] },
    max_bytes: { type: "integer", optional: 1 },
    period: { type: "integer", optional: 1 },
  },
};

function startupOrder(value: string): void {
  const parts = value.split(",").filter((part) => part.trim() !== "");
  const isValid = parts.every((part) => /^((order=)?\d+|up=\d+|down=\d+)$/.test(part));
  if (!isValid) throw failure("unable to parse startup options");
}

function hotplugFeatures(value: string): void {
  if (value === "0" || value === "1") return;
  for (const feature of splitList(value)) {
    if (!/^(network|disk|cpu|memory|usb|cloudinit)$/.test(feature))
      throw failure(`invalid hotplug feature '${feature}'`);
  }
}

/** A volume of a storage. Source: PVE/Storage.pm: parse_volume_id */
export const isVolumeId = (value: string): boolean => /^[a-z][a-z0-9\-_.]*[a-z0-9]:.+$/i.test(value);

/** `STORAGE:NAME`, a path, or the words of a drive without a volume. Source: PVE/QemuServer/Drive.pm */
function driveFile(value: string): void {
  if (value === "none" || value === "cdrom" || value.startsWith("/")) return;
  volumeId(value);
}

function volumeId(value: string): void {
  if (!isVolumeId(value)) throw failure(`unable to parse volume ID '${value}'`);
}

/** Source: PVE/JSONSchema.pm, PVE/QemuServer.pm */
export const guestFormats: Readonly<Record<string, Format>> = {
  "pve-startup-order": startupOrder,
  "pve-hotplug-features": hotplugFeatures,
  "pve-tag": matching(/^[a-z0-9_][a-z0-9_\-+.]*$/i, () => "invalid characters in tag"),
  "pve-qm-bootdev": matching(
    /^(ide|sata|scsi|virtio|net|usb|hostpci)\d+$/,
    (value) => `invalid boot device '${value}'`,
  ),
  "pve-qm-bootdisk": matching(/^(ide|sata|scsi|virtio)\d+$/, (value) => `invalid boot disk '${value}'`),
  urlencoded: matching(/^[-%a-zA-Z0-9_.!~*'()]*$/, (value) => `invalid urlencoded string: ${value}`),
  "pve-volume-id": volumeId,
  "pve-volume-id-or-qm-path": driveFile,
  "pve-volume-id-or-absolute-path": (value) => {
    if (!value.startsWith("/")) volumeId(value);
  },
};
