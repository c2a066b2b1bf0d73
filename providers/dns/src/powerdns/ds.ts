import * as z from "zod/mini";
import { zonePath, type PowerdnsReader } from "./api.ts";

/** Source: https://doc.powerdns.com/authoritative/http-api/cryptokey.html */
const cryptokeys = z.array(z.object({ active: z.boolean(), ds: z.prefault(z.array(z.string()), []) }));

/** The API's DS records for a zone's active keys, with the digests that parents accept: SHA-256 and SHA-384 (RFC 8624, section 3.3). */
export async function dsFor(api: PowerdnsReader, zone: string): Promise<string[]> {
  const keys = await api.get(`${zonePath(zone)}/cryptokeys`, cryptokeys);
  return keys
    .filter(({ active }) => active)
    .flatMap(({ ds }) => ds)
    .filter((record) => /^\d+ \d+ [24] /.test(record))
    .sort();
}
