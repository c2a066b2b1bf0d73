import { setTimeout } from "node:timers/promises";
import { DnsClient, fieldsOf, TransportError, type Endpoint } from "@nixops4-resources/dns-client";
import { waitFor } from "@nixops4-resources/protocol-core";
import type { Zone } from "../backend.ts";
import { addressOf } from "../endpoint.ts";
import { displayName } from "../name.ts";

const pauseMs = 200;

/** Waits until every secondary serves the zone with this serial number or a later one. Rejects if the signal aborts. */
export async function waitForSecondaries(
  secondaries: readonly Endpoint[],
  zone: Zone,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    secondaries.map((secondary) =>
      waitFor(`${addressOf(secondary)} to serve ${displayName(zone.name)} with the serial ${zone.serial}`, async () => {
        while (!(await serves(secondary, zone))) await setTimeout(pauseMs, undefined, { signal });
      }),
    ),
  );
}

async function serves({ host, port }: Endpoint, zone: Zone): Promise<boolean> {
  using client = new DnsClient({ host, port, timeoutMs: 2000 });
  try {
    const { answers } = await client.query({ name: zone.name, type: "SOA" });
    const soa = answers.find(({ type, name }) => type === "SOA" && name === zone.name);
    return soa !== undefined && isReached(Number(fieldsOf("SOA", soa.rdata)["serial"]), zone.serial);
  } catch (error) {
    // The secondary may be starting, so only the signal ends the wait.
    if (error instanceof TransportError) return false;
    throw error;
  }
}

/** Serial numbers wrap around: a number is later if it is less than 2^31 ahead (RFC 1982, section 3.2). */
const isReached = (serial: number, wanted: number): boolean => (serial - wanted) >>> 0 < 2 ** 31;
