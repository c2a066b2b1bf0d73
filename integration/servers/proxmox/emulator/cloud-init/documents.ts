import { createHash } from "node:crypto";
import { networkDocument } from "./network-document.ts";
import { uriUnescape } from "../http/uri-unescape.ts";
import { failure, notEmulated } from "../refusal.ts";

/** Values of a VM's configuration. */
export type Values = ReadonlyMap<string, string>;

export type DocumentType = "user" | "network" | "meta";

/** What the next drive of cloud-init contains, in the nocloud form. Source: PVE/QemuServer/Cloudinit.pm; section 13 */
export function cloudInitDocument(values: Values, vmid: number, type: string): string {
  checkForm(values);
  switch (type) {
    case "user":
      return userDocument(values, vmid);
    case "network":
      return networkDocument(values);
    case "meta":
      return `instance-id: ${instanceId(values, vmid)}\n`;
    default:
      throw failure(`unknown type '${type}'`);
  }
}

function checkForm(values: Values): void {
  const type = values.get("citype") ?? "nocloud";
  const isWindows = /^(w2k|win|wvista|wxp)/.test(values.get("ostype") ?? "");
  if (type !== "nocloud" || isWindows) throw notEmulated(`cloud-init in the form ${type}`);
}

/** Changes with every value that the guest gets. */
export const instanceId = (values: Values, vmid: number): string =>
  createHash("sha1")
    .update(userDocument(values, vmid) + networkDocument(values))
    .digest("hex");

/** Source: cloudinit_userdata */
function userDocument(values: Values, vmid: number): string {
  const { hostname, fqdn } = namesOf(values, vmid);
  const user = values.get("ciuser");
  const password = values.get("cipassword");
  const keys = values.get("sshkeys");
  return [
    "#cloud-config",
    `hostname: ${hostname}`,
    "manage_etc_hosts: true",
    `fqdn: ${fqdn}`,
    ...(user === undefined ? [] : [`user: ${user}`]),
    ...(user === "root" ? ["disable_root: False"] : []),
    ...(password === undefined ? [] : [`password: ${password}`]),
    ...(keys === undefined ? [] : ["ssh_authorized_keys:", ...keyLines(keys)]),
    "chpasswd:",
    "  expire: False",
    ...(user === "root" ? [] : ["users:", "  - default"]),
    ...(values.get("ciupgrade") === "0" ? [] : ["package_upgrade: true"]),
    "",
  ].join("\n");
}

const keyLines = (encoded: string): string[] =>
  uriUnescape(encoded)
    .split("\n")
    .filter((key) => key.trim() !== "")
    .map((key) => `  - ${key}`);

/** Source: get_hostname_fqdn */
function namesOf(values: Values, vmid: number): { hostname: string; fqdn: string } {
  const name = values.get("name") ?? `VM${vmid}`;
  if (name.includes(".")) return { hostname: name.slice(0, name.indexOf(".")), fqdn: name };
  const search = values.get("searchdomain");
  return { hostname: name, fqdn: search === undefined ? name : `${name}.${search}` };
}
