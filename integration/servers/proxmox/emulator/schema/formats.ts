import { addressFormats } from "./address-formats.ts";
import { guestFormats, guestPropertyFormats } from "./guest-formats.ts";
import { checkCpu } from "./cpu-format.ts";
import { matching, type Format } from "./format.ts";
import type { Properties } from "./spec.ts";
import { privileges } from "../access/privileges.ts";
import { splitList } from "../http/parameters.ts";
import { failure, notEmulated } from "../refusal.ts";

/** Checks the parts of a property string. */
export type PartsCheck = (format: Properties, value: string, path: string) => ReadonlyMap<string, string>;

const identifier =
  (kind: string): Format =>
  (value) => {
    if (value.length < 2) throw failure(`${kind} ID '${value}' cannot be shorter than 2 characters`);
    if (!/^[a-z][a-z0-9\-_.]*[a-z0-9]$/i.test(value))
      throw failure(`${kind} ID '${value}' contains illegal characters`);
  };

const accepted: Format = () => undefined;

const contents = ["images", "rootdir", "vztmpl", "iso", "backup", "snippets", "import", "none"];

const privilege: Format = (value) => {
  if (!privileges.includes(value)) throw failure(`invalid privilege '${value}'`);
};

/** Formats that the schema only names. Reference: section 5; source: PVE/JSONSchema.pm and AccessControl.pm */
const formats: Readonly<Record<string, Format>> = {
  ...addressFormats,
  ...guestFormats,
  "pve-vmid": matching(/^[1-9][0-9]{2,8}$/, () => "value does not look like a valid VM ID"),
  "pve-node": matching(/^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/, () => "value does not look like a valid node name"),
  "pve-storage-id": identifier("storage"),
  "pve-configid": matching(/^[a-z][a-z0-9_-]+$/i, (value) => `invalid configuration ID '${value}'`),
  "pve-userid": userId,
  "pve-tokenid": matching(
    /^[^\s:/]+@[A-Za-z][A-Za-z0-9.\-_]+![A-Za-z][A-Za-z0-9.\-_]+$/,
    (value) => `value '${value}' does not look like a valid token ID`,
  ),
  "pve-realm": matching(/^[A-Za-z][A-Za-z0-9.\-_]+$/, () => "value does not look like a valid realm"),
  "pve-groupid": matching(/^[A-Za-z0-9.\-_]+$/, (value) => `group name '${value}' contains invalid characters`),
  "pve-roleid": matching(/^[A-Za-z0-9.\-_]+$/, (value) => `role name '${value}' contains invalid characters`),
  "pve-poolid": poolId,
  "pve-priv": privilege,
  email: matching(/^[^\s@]+@[^\s@]+$/, () => "value does not look like a valid email address"),
  "pve-storage-content": (value) => {
    if (!contents.includes(value)) throw failure(`invalid content type '${value}'`);
  },
  "pve-storage-path": matching(/^\/[^\s]*$/, () => "value does not look like a valid absolute path"),
  "pve-storage-options": accepted,
  "disk-size": matching(
    /^\d+(\.\d+)?([KMGT](iB)?)?$/,
    (value) => `value does not look like a valid disk size: ${value}`,
  ),
  // The scheduler of backups is not emulated, only the list of VMs in a job.
  "pve-calendar-event": accepted,
  "pve-task-status-type": matching(/^(ok|error|warning|unknown)$/i, (value) => `invalid status '${value}'`),
  "pve-ha-resource-or-vm-id": matching(
    /^((vm|ct):)?\d+$/,
    (value) => `value does not look like a valid HA resource ID: ${value}`,
  ),
  string: accepted,
};

function userId(value: string): void {
  if (value.length < 3) throw failure(`user name '${value}' is too short`);
  if (value.length > 64) throw failure(`user name '${value}' is too long (${value.length} > 64)`);
  if (!/^[^\s:/]+@[A-Za-z][A-Za-z0-9.\-_]+$/.test(value)) {
    throw failure(`value '${value}' does not look like a valid user name`);
  }
}

function poolId(value: string): void {
  if (value.split("/").length > 3) throw failure(`pool name '${value}' nested too deeply (max levels = 3)`);
  if (!/^[A-Za-z0-9.\-_]+(\/[A-Za-z0-9.\-_]+){0,2}$/.test(value)) {
    throw failure(`pool name '${value}' contains invalid characters`);
  }
}

/** Checks a value against a named format, or a list of it. */
export function checkFormat(name: string, value: string, path: string, checkParts: PartsCheck): void {
  const [, base = "", kind] = /^(.*?)(?:-(list|opt))?$/.exec(name) ?? [];
  const parts = guestPropertyFormats[name];
  if (parts !== undefined) {
    const found = checkParts(parts, value, path);
    if (name === "pve-vm-cpu-conf") checkCpu(found);
    return;
  }
  const format = formats[base] ?? formats[name];
  if (format === undefined) throw notEmulated(`the format '${name}' of ${path}`);
  if (kind === "list") for (const part of splitList(value)) format(part);
  else if (kind !== "opt" || value !== "") format(value);
}
