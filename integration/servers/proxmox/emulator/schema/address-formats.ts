import { isIPv4, isIPv6 } from "node:net";
import { matching, type Format } from "./format.ts";
import { failure } from "../refusal.ts";

const when =
  (isValid: (value: string) => boolean, text: (value: string) => string): Format =>
  (value) => {
    if (!isValid(value)) throw failure(text(value));
  };

const dnsName = /^([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?\.)*[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/;

export const isIp = (value: string): boolean => isIPv4(value) || isIPv6(value);

/** A network with the length of its prefix, which is at least 8. */
export const isCidr4 = (value: string): boolean => isCidr(value, isIPv4, 32);
export const isCidr6 = (value: string): boolean => isCidr(value, isIPv6, 128);

function isCidr(value: string, isAddress: (text: string) => boolean, longest: number): boolean {
  const [, address = "", prefix = ""] = /^(.+)\/(\d+)$/.exec(value) ?? [];
  return isAddress(address) && Number(prefix) > 7 && Number(prefix) <= longest;
}

/** A firewall's address: IP, network, range, alias or set, joined by commas. Source: PVE/Firewall.pm: parse_address_list */
function firewallAddress(value: string): void {
  if (value.startsWith("+")) {
    if (!/^\+((dc|guest|sdn)\/)?[A-Za-z][A-Za-z0-9\-_]+$/.test(value)) throw failure(`invalid ipset name '${value}'`);
    return;
  }
  if (/^((dc|guest)\/)?[A-Za-z][A-Za-z0-9\-_]+$/.test(value)) return;
  for (const part of value.split(",")) {
    const ends = part.split("-");
    if (!(isIp(part) || isCidr4(part) || isCidr6(part) || (ends.length === 2 && ends.every(isIp)))) {
      throw failure(`invalid IP address '${part}'`);
    }
  }
}

/** Ports of a rule: numbers, ranges or names, joined by commas. Source: PVE/Firewall.pm: parse_port_name_number_or_range */
function ports(value: string): void {
  for (const part of value.split(",")) {
    const [, first, last] = /^(\d+)(?::(\d+))?$/.exec(part) ?? [];
    if (first === undefined) {
      if (!/^[a-z][a-z0-9-]*$/i.test(part)) throw failure(`invalid port '${part}'`);
    } else if (Number(first) > 65535 || Number(last ?? 0) > 65535) throw failure(`invalid port '${part}'`);
  }
}

/** Some of /etc/protocols, and of the types of ICMP: what is not here is refused. */
const protocols = ["tcp", "udp", "icmp", "icmpv6", "ipv6-icmp", "sctp", "udplite", "dccp", "esp", "ah", "gre", "igmp"];
const icmpTypes = ["any", "echo-request", "echo-reply", "destination-unreachable", "time-exceeded"];

/** Source: PVE/JSONSchema.pm, PVE/Firewall.pm */
export const addressFormats: Readonly<Record<string, Format>> = {
  "dns-name": matching(dnsName, () => "value does not look like a valid DNS name"),
  address: when(
    (value) => isIp(value) || dnsName.test(value),
    (value) => `value does not look like a valid address: ${value}`,
  ),
  ip: when(isIp, () => "value does not look like a valid IP address"),
  ipv4: when(isIPv4, () => "value does not look like a valid IPv4 address"),
  ipv6: when(isIPv6, () => "value does not look like a valid IPv6 address"),
  CIDR: when(
    (value) => isCidr4(value) || isCidr6(value),
    () => "value does not look like a valid CIDR network",
  ),
  IPorCIDR: when(
    (value) => isIp(value) || isCidr4(value) || isCidr6(value),
    () => "value does not look like a valid IP address or CIDR network",
  ),
  IPorCIDRorAlias: when(
    (value) =>
      isIp(value) || isCidr4(value) || isCidr6(value) || /^((dc|guest)\/)?[A-Za-z][A-Za-z0-9\-_]+$/.test(value),
    () => "value does not look like a valid IP address or CIDR network",
  ),
  "pve-ipv4-config": when(
    (value) => value === "dhcp" || value === "manual" || isCidr4(value),
    () => "value does not look like a valid ipv4 network configuration",
  ),
  "pve-ipv6-config": when(
    (value) => ["auto", "dhcp", "manual"].includes(value) || isCidr6(value),
    () => "value does not look like a valid ipv6 network configuration",
  ),
  "mac-addr": matching(
    /^[a-f0-9][02468ace](:[a-f0-9]{2}){5}$/i,
    () => "value does not look like a valid unicast MAC address",
  ),
  "mac-prefix": matching(
    /^[a-f0-9][02468ace](:[a-f0-9]{2}){0,2}:?$/i,
    () => "value is not a valid unicast MAC address prefix",
  ),
  "pve-bridge-id": matching(/^[-_.\w]+$/, (value) => `invalid bridge ID '${value}'`),
  "pve-iface": matching(/^[a-z][a-z0-9_]{1,20}([:.]\d+)?$/i, (value) => `invalid network interface name '${value}'`),
  "pve-fw-addr-spec": firewallAddress,
  "pve-fw-dport-spec": ports,
  "pve-fw-sport-spec": ports,
  "pve-fw-protocol-spec": when(
    (value) => protocols.includes(value) || (/^\d+$/.test(value) && Number(value) < 143),
    (value) => `unknown protocol '${value}'`,
  ),
  "pve-fw-icmp-type-spec": when(
    (value) => icmpTypes.includes(value),
    (value) => `invalid icmp-type value '${value}'`,
  ),
};
