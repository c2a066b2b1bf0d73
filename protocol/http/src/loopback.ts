/**
 * Whether a host of a URL, or the address of an open connection, is this machine: `localhost`, 127.0.0.0/8 or ::1. Other
 * names are never loopback, whatever they resolve to.
 */
export function isLoopback(host: string): boolean {
  const plain = host
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "")
    .toLowerCase();
  if (plain === "localhost" || plain === "::1") return true;
  // As a socket shows an IPv4 address (::ffff:127.0.0.1), and as a URL does (::ffff:7f00:1).
  const [, mapped = plain] = /^::ffff:(.+)$/.exec(plain) ?? [];
  return /^127(\.\d{1,3}){3}$/.test(mapped) || (mapped !== plain && /^7f[\da-f]{2}:[\da-f]{1,4}$/.test(mapped));
}

/** One spelling for each host of a URL, for names of locks. All addresses of loopback are one. */
export const canonicalHost = (hostname: string): string =>
  isLoopback(hostname) ? "localhost" : hostname.replace(/\.$/, "").toLowerCase();
