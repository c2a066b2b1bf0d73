// Times: RFC 3339 in our inputs, seconds since 1970 in Proxmox, where 0 means never.
import * as z from "zod/mini";

/** A time in whole seconds, or "never". */
export const expiration = z.string().check(
  z.regex(/^(never|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2}))$/),
  z.refine((text) => text === "never" || Date.parse(text) > 0, "a time that exists, after 1970"),
);

export const toEpoch = (text: string): number => (text === "never" ? 0 : Date.parse(text) / 1000);

/** The expiration in the form of the input; as wanted if it means the same. Null does not manage it. */
export function seenExpiration(epoch: number, wanted: string | null): string | null {
  if (wanted === null || toEpoch(wanted) === epoch) return wanted;
  return epoch === 0 ? "never" : new Date(epoch * 1000).toISOString().replace(".000Z", "Z");
}

/** Whether it is over now. */
export const isOver = (text: string | null): boolean =>
  text !== null && text !== "never" && Date.parse(text) <= Date.now();
