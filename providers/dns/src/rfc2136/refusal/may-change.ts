import { change } from "@nixops4-resources/dns-client";
import type { Update } from "../../backend.ts";
import { isSameKey, type Stored } from "../../stored.ts";
import type { NameServer } from "../server.ts";
import { prerequisitesOf } from "../update.ts";

/**
 * Whether the key may change this set, so that the server refused the update for its content. The records that the update
 * would add are removed instead: they do not exist, so that changes nothing, requires the same right, and checks no content.
 */
export async function mayChange(
  server: NameServer,
  { zone, prerequisites }: Update,
  { name, type, values }: Stored,
): Promise<boolean> {
  const present = prerequisites.find((one) => isSameKey(one, { name, type }))?.values ?? [];
  const added = values.filter((value) => !present.includes(value));
  const { rcode } = await server.update({
    zone,
    prerequisites: prerequisitesOf(prerequisites, zone),
    changes: change.removeValues(name, type, added),
  });
  return rcode === "NOERROR";
}
