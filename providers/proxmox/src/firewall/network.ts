// Addresses and networks as text. Proxmox has several spellings of an IPv6 address, and cuts host bits off in IP sets.

/** An address or network in numbers. */
interface Network {
  readonly version: 4 | 6;
  readonly bits: bigint;
  /** Length of the prefix. */
  readonly length: number;
}

/** Undefined if the text is neither an address nor a network, or has host bits. */
export function networkIn(text: string): Network | undefined {
  const [, address = "", prefix] = /^([^/]+)(?:\/([0-9]{1,3}))?$/.exec(text) ?? [];
  const version = address.includes(":") ? 6 : 4;
  const width = version === 6 ? 128 : 32;
  const bits = version === 6 ? ipv6Bits(address) : ipv4Bits(address);
  const length = prefix === undefined ? width : Number(prefix);
  if (bits === undefined || length > width) return undefined;
  const hostBits = bits & ((1n << BigInt(width - length)) - 1n);
  return hostBits === 0n ? { version, bits, length } : undefined;
}

/** The same text for all spellings of a network; the text itself if it is none, such as an alias. */
export function networkKey(text: string): string {
  const network = networkIn(text);
  return network === undefined ? text : `${network.version}:${network.bits.toString(16)}/${network.length}`;
}

function ipv4Bits(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function ipv6Bits(text: string): bigint | undefined {
  const [head = "", tail, ...more] = text.split("::");
  const [first, last] = [groupsIn(head), groupsIn(tail ?? "")];
  const missing = 8 - first.length - last.length;
  if (more.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const all = [...first, ...Array.from({ length: missing }, () => "0"), ...last];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

const groupsIn = (text: string): string[] => (text === "" ? [] : text.split(":"));
