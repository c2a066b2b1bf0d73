import {
  isWithin,
  MessageTooLong,
  prerequisite,
  textOf as valueText,
  type Message,
  type ResourceRecord,
} from "@nixops4-resources/dns-client";
import { ProviderError } from "@nixops4-resources/protocol-core";
import type { Key, Stored } from "../backend.ts";
import { failure } from "../failure.ts";
import { markNameOf } from "../note/mark-name.ts";
import { textOf } from "../name.ts";
import { refusedLook, refusedUpdate } from "./failure.ts";
import { noteOf } from "./note.ts";
import type { NameServer } from "./server.ts";

/** A record set as an answer shows it. */
interface Shown extends Key {
  readonly ttlSeconds: number;
  readonly values: readonly string[];
  /** Whether the answer may show something that is not stored there, or hide what is. */
  readonly isDoubtful: boolean;
}

/**
 * What is stored at exactly these keys. Answers lie: a wildcard stands in for names that are not there, and a delegation hides
 * what is at and below it. So what is shown is tried as the prerequisites of an update that changes nothing, which servers
 * compare with what they have stored (proved on BIND, Knot and PowerDNS).
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
  if (answer === undefined) throw new TypeError("A question has an answer.");
  if (answer.rcode !== "NOERROR" && answer.rcode !== "NXDOMAIN") throw refusedLook(settings, answer);
  if (answer.isAuthoritative) return setOf(key, answer.answers);
  // A referral: the delegation itself, and addresses of its servers, may be among what it tells.
  return { ...setOf(key, [...answer.authorities, ...answer.additionals]), isDoubtful: true };
}

function setOf(key: Key, records: readonly ResourceRecord[]): Shown {
  const own = records.filter(({ name, type }) => name === key.name && type === key.type);
  const values = [...new Set(own.map(({ type, rdata }) => valueText(type, rdata)))].sort();
  return { ...key, ttlSeconds: own[0]?.ttlSeconds ?? 0, values, isDoubtful: false };
}

/** Those of the sets that are not stored as they are shown. */
async function findWrong<Set extends Shown>(server: NameServer, zone: string, sets: readonly Set[]): Promise<Set[]> {
  if (sets.length === 0 || (await isStored(server, zone, sets))) return [];
  if (sets.length === 1) return [...sets];
  const half = Math.ceil(sets.length / 2);
  return [
    ...(await findWrong(server, zone, sets.slice(0, half))),
    ...(await findWrong(server, zone, sets.slice(half))),
  ];
}

/** Whether all are stored exactly so; false also where they are too many to ask at once. */
async function isStored(server: NameServer, zone: string, sets: readonly Shown[]): Promise<boolean> {
  const prerequisites = sets.flatMap(({ name, type, values }) =>
    values.length === 0 ? [prerequisite.absent(name, type)] : prerequisite.equals(name, type, values),
  );
  return await holds(server, zone, prerequisites, sets.length > 1);
}

/** Whether prerequisites hold, tried by an update without changes. */
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

/** The zone's records, for what no answer shows. */
async function transferred(
  server: NameServer,
  zone: string,
  hidden: readonly Key[],
): Promise<readonly ResourceRecord[]> {
  const result = await server.transfer(zone);
  if ("records" in result) return result.records;
  const [{ name, type } = { name: zone, type: "" }] = hidden;
  throw failure(
    `what is at ${textOf(name)} ${type} is hidden by a delegation, and the zone's transfer is refused (${result.refusal.rcode})`,
    "dns.look.hidden",
    `Let the key transfer the zone ${textOf(zone)} too`,
  );
}

/** The delegation that an answer points to; undefined where the server answers for itself. */
export function delegationIn(answer: Message, name: string): string | undefined {
  if (answer.isAuthoritative) return undefined;
  return answer.authorities.find((record) => record.type === "NS" && isWithin(name, record.name))?.name;
}
