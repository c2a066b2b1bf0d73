import type { DnsReader } from "../client.ts";
import type { Delegation } from "./inputs.ts";

/** Compares the parent's delegation with the zone. Returns null, and loads nothing, without a parent server. */
export async function delegationOf(
  client: DnsReader,
  zone: string,
  server: { host: string; port: number } | null,
): Promise<Delegation> {
  return server === null ? null : await (await import("./check.ts")).checkDelegation(client, zone, server);
}
