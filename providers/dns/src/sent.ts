import { failure } from "./failure.ts";
import { displayName } from "./name.ts";
import { isSharedNote } from "./note/owner-line.ts";
import { hasSameContent, type Stored } from "./stored.ts";

/**
 * Throws if the server changed or dropped records that were sent. The unchanged note shows that no other deployment wrote
 * since.
 */
export function checkStored(sent: Stored | undefined, stored: Stored): void {
  if (sent === undefined || sent.note === null || sent.note !== stored.note) return;
  if (sent.ttlSeconds === stored.ttlSeconds && hasAllOf(sent, stored)) return;
  throw failure(
    `${displayName(sent.name)} ${sent.type} was sent as ${inWords(sent)}, and the server has ${inWords(stored)}`,
    "dns.stored.differently",
    "Declare the records as the server stores them; if they are missing, its log has the reason",
  );
}

/** A shared set may have got values without a mark since, which change no note. */
const hasAllOf = (sent: Stored, stored: Stored): boolean =>
  isSharedNote(sent.note) ? sent.values.every((value) => stored.values.includes(value)) : hasSameContent(sent, stored);

const inWords = ({ values, ttlSeconds }: Stored): string =>
  values.length === 0 ? "no records" : `${values.join(", ")} with a TTL of ${ttlSeconds} s`;
