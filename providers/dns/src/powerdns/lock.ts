import { takeLock, type Slot } from "@nixops4-resources/protocol-core";
import { canonicalHost } from "@nixops4-resources/protocol-http";
import type { PowerdnsReader } from "./api.ts";

/** Excludes other writers of the zone on this machine. */
export const lockZone = ({ url, serverId }: PowerdnsReader, zone: string): Promise<Slot> =>
  takeLock(lockName(url, serverId, zone), `other writers of the zone ${zone} on this machine`);

/**
 * The lock is named after what it protects, however the URL spells it. The path of the URL is left out: two paths to one
 * server are one server, and two servers behind one proxy only wait for each other.
 */
export function lockName(url: string, serverId: string, zone: string): string {
  const { protocol, hostname, port } = new URL(url);
  const at = `${canonicalHost(hostname)}:${port === "" ? (protocol === "http:" ? 80 : 443) : port}`;
  return `powerdns:${at} ${serverId} ${zone}`;
}
