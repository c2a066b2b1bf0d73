import { canonical, canonicalName, typeName, typeNumber } from "@nixops4-resources/dns-client";
import * as z from "zod/mini";
import type { Stored } from "../stored.ts";

/** The account of our comment, which distinguishes it from comments of people. */
const account = "nixops4";

const comment = z.object({ content: z.string(), account: z.string(), modified_at: z.number() });

/** A record set of the API. Source: https://doc.powerdns.com/authoritative/http-api/zone.html#rrset */
export const apiRrset = z.object({
  name: z.string(),
  type: z.string(),
  ttl: z.number(),
  records: z.array(z.object({ content: z.string(), disabled: z.boolean() })),
  comments: z.array(comment),
});

export type ApiRrset = z.output<typeof apiRrset>;

/** Skips disabled records, since PowerDNS does not serve them; see `hasDisabled`. */
export function toStored({ name, type, ttl, records, comments }: ApiRrset): Stored {
  const served = records.filter(({ disabled }) => !disabled);
  return {
    name: canonicalName(name),
    type,
    ttlSeconds: served.length === 0 ? 0 : ttl,
    values: served.map(({ content }) => canonical(type, content)).sort(),
    note: comments.find((one) => one.account === account)?.content ?? null,
  };
}

/** Whether its values can be parsed. PowerDNS has types of its own, such as ALIAS, and names for types without one here. */
export function isOfKnownType({ type }: ApiRrset): boolean {
  try {
    return typeName(typeNumber(type)) === type;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Whether a person has disabled records of the set. */
export const hasDisabled = ({ records }: ApiRrset): boolean => records.some(({ disabled }) => disabled);

/** The API's change for a wanted record set. Keeps comments of people, even if the set has no records left. */
export function toPatch(wanted: Stored, present: ApiRrset | undefined): object {
  const { name, type, ttlSeconds, values, note } = wanted;
  const comments = [
    ...(present?.comments ?? []).filter((one) => one.account !== account),
    ...(note === null ? [] : [{ content: note, account }]),
  ];
  if (values.length === 0 && comments.length === 0) return { name, type, changetype: "DELETE" };
  return {
    name,
    type,
    ttl: ttlSeconds,
    changetype: "REPLACE",
    records: values.map((content) => ({ content, disabled: false })),
    comments,
  };
}
