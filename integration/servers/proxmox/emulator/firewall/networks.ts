import { isIPv4, isIPv6 } from "node:net";

/** A network without host bits; the length of a single address is left out. Reference: section 13, firewall */
export function normalizeNetwork(text: string): string {
  const [address = "", prefix] = text.split("/");
  if (prefix === undefined) return text;
  if (isIPv4(address)) return prefix === "32" ? address : `${maskIpv4(address, Number(prefix))}/${prefix}`;
  if (isIPv6(address)) return prefix === "128" ? address : `${maskIpv6(address, Number(prefix))}/${prefix}`;
  return text;
}

function maskIpv4(address: string, prefix: number): string {
  const bits = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - prefix);
  const network = Math.floor(bits / size) * size;
  return [3, 2, 1, 0].map((index) => Math.floor(network / 256 ** index) % 256).join(".");
}

const groupsOf = (text: string | undefined): string[] => (text === undefined || text === "" ? [] : text.split(":"));

function maskIpv6(address: string, prefix: number): string {
  const [head = "", tail] = address.split("::");
  const [first, last] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - first.length - last.length }, () => "0");
  const all = [...first, ...zeros, ...last].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
  const shift = BigInt(128 - prefix);
  const network = (all >> shift) << shift;
  const hex = Array.from({ length: 8 }, (_, index) => ((network >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  return new URL(`http://[${hex.join(":")}]/`).hostname.slice(1, -1);
}
