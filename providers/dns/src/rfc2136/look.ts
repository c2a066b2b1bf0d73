import {
  isWithin,
  MessageTooLong,
  prerequisite,
  rdataToText,
  type Message,
  type ResourceRecord,
} from "@nixops4-resources/dns-client";
import { ProviderError } from "@nixops4-resources/protocol-core";
import { failure } from "../failure.ts";
import { displayName } from "../name.ts";
import { markNameOf } from "../note/mark-name.ts";
import { noteOf } from "../note/note-text.ts";
import type { Key, Stored } from "../stored.ts";
import { refusedLook, refusedUpdate } from "./failure.ts";
import type { NameServer } from "./server.ts";

/** A record set as shown by an answer. */
interface Shown extends Key {
  readonly ttlSeconds: number;
  readonly values: readonly string[];
  /** Whether the answer may differ from what is stored. */
  readonly isDoubtful: boolean;
}

/**
 * What is stored at exactly these keys. Answers are not enough: a wildcard answers for names that do not exist, a
 * delegation hides the records at and below it, and a DNAME record those below it. So the answers become prerequisites of an update without changes, which
 * servers compare with their stored records (tested with BIND, Knot and PowerDNS).
 */
export async function lookExactly(server: NameServer, zone: string, keys: readonly Key[]): Promise<Stored[]> {
  const asked = keys.flatMap((key) => [key, { name: markNameOf(key, zone), type: "TXT" }]);
  const stored = await setsAt(server, zone, asked);
  return keys.map((key, index) => {
    const { ttlSeconds = 0, values = [] } = stored[2 * index] ?? {};
    return { ...key, ttlSeconds, values, note: noteOf(stored[2 * index + 1]?.values ?? []) };
  });
}

async function setsAt(server: NameServer, zone: string, keys: readonly Key[]): Promise<Shown[]> {
  const answers = await server.queryAll(keys);
  const shown = keys.map((key, index) => shownBy(server, key, answers[index]));
  const wrong = await findWrong(
    server,
    zone,
    shown.filter(({ isDoubtful, values }) => isDoubtful || values.length > 0),
  );
  if (wrong.length === 0) return shown;
  const hidden = await findWrong(
    server,
    zone,
    wrong.map((one) => ({ ...one, values: [] })),
  );
  const zoneRecords = hidden.length === 0 ? [] : await transferred(server, zone, hidden);
  return shown.map((one) => {
    if (!wrong.includes(one)) return one;
    const { name, type } = one;
    return setOf({ name, type }, zoneRecords);
  });
}

function shownBy({ settings }: NameServer, key: Key, answer: Message | undefined): Shown {
  if (answer === undefined) throw new TypeError("The exchange ended without an answer.");
  if (answer.rcode !== "NOERROR" && answer.rcode !== "NXDOMAIN") throw refusedLook(settings, answer);
  if (answer.isAuthoritative) return { ...setOf(key, answer.answers), isDoubtful: isRedirected(key, answer) };
  // A referral may contain the delegation itself, and the addresses of its servers.
  return { ...setOf(key, [...answer.authorities, ...answer.additionals]), isDoubtful: true };
}

/** Whether the answer is about another name, because of a DNAME record above the key's. */
const isRedirected = ({ name }: Key, { answers }: Message): boolean =>
  answers.some((record) => record.type === "DNAME" && record.name !== name && isWithin(name, record.name));

function setOf(key: Key, records: readonly ResourceRecord[]): Shown {
  const own = records.filter(({ name, type }) => name === key.name && type === key.type);
  const values = [...new Set(own.map(({ type, rdata }) => rdataToText(type, rdata)))].sort();
  return { ...key, ttlSeconds: own[0]?.ttlSeconds ?? 0, values, isDoubtful: false };
}

/** The sets that are not stored as shown, found by bisection. */
async function findWrong<Set extends Shown>(server: NameServer, zone: string, sets: readonly Set[]): Promise<Set[]> {
  if (sets.length === 0 || (await isStored(server, zone, sets))) return [];
  if (sets.length === 1) return [...sets];
  const half = Math.ceil(sets.length / 2);
  return [
    ...(await findWrong(server, zone, sets.slice(0, half))),
    ...(await findWrong(server, zone, sets.slice(half))),
  ];
}

/** Whether all sets are stored exactly as shown. Also false if they do not fit into one message. */
async function isStored(server: NameServer, zone: string, sets: readonly Shown[]): Promise<boolean> {
  const prerequisites = sets.flatMap(({ name, type, values }) =>
    values.length === 0 ? [prerequisite.absent(name, type)] : prerequisite.equals(name, type, values),
  );
  return await holds(server, zone, prerequisites, sets.length > 1);
}

/** Whether the prerequisites hold, checked by an update without changes. */
export async function holds(
  server: NameServer,
  zone: string,
  prerequisites: readonly ResourceRecord[],
  isDivisible = false,
): Promise<boolean> {
  try {
    const { rcode } = await server.update({ zone, prerequisites, changes: [] });
    if (rcode === "NOERROR") return true;
    if (/^[YN]X/.test(rcode)) return false;
    throw refusedUpdate(server.settings, rcode, zone);
  } catch (error) {
    if (isDivisible && error instanceof ProviderError && error.cause instanceof MessageTooLong) return false;
    throw error;
  }
}

/** The zone's records by transfer, for sets that no query shows. */
async function transferred(
  server: NameServer,
  zone: string,
  hidden: readonly Key[],
): Promise<readonly ResourceRecord[]> {
  const result = await server.transfer(zone);
  if ("records" in result) return result.records;
  const [{ name, type } = { name: zone, type: "" }] = hidden;
  throw failure(
    `a delegation or a DNAME record hides ${displayName(name)} ${type}, and the server refuses to transfer the zone (${result.refusal.rcode})`,
    "dns.look.hidden",
    `Grant the key the right to transfer the zone ${displayName(zone)}`,
  );
}

/** The delegated name in a referral; undefined if the answer is authoritative. */
export function delegationIn(answer: Message, name: string): string | undefined {
  if (answer.isAuthoritative) return undefined;
  return answer.authorities.find((record) => record.type === "NS" && isWithin(name, record.name))?.name;
}
