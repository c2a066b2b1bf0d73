import {
  fieldsOf,
  isWithin,
  parentOf,
  textOf as valueText,
  TsigError,
  type Message,
  type Rcode,
} from "@nixops4-resources/dns-client";
import { ProviderError, type Connecting } from "@nixops4-resources/protocol-core";
import {
  Conflict,
  type BackendReader,
  type BackendWriter,
  type Key,
  type Stored,
  type Update,
  type Zone,
} from "../backend.ts";
import { keyOfMark } from "../note/mark-name.ts";
import { nameOf, textOf } from "../name.ts";
import { failure } from "../failure.ts";
import { addressOf } from "../endpoint.ts";
import { besideAlias, refusalInWords } from "./diagnosis.ts";
import { delegationIn, holds, lookExactly } from "./look.ts";
import { noteOf } from "./note.ts";
import { NameServer } from "./server.ts";
import type { Rfc2136Settings } from "./settings.ts";
import { warnOfUnsigned } from "./unsigned.ts";
import { guardsOf, prerequisitesOf, wireChanges } from "./update.ts";

/** A primary name server that takes dynamic updates, for looking only. */
export class Rfc2136Reader implements BackendReader {
  protected readonly server: NameServer;

  constructor(server: NameServer) {
    this.server = server;
  }

  async findZone({ name, type }: Key): Promise<Zone> {
    // A DS record at a zone's top is the parent's (RFC 4034, section 5).
    let candidate = type === "DS" ? parentOf(name) : name;
    while (candidate !== undefined) {
      const answer = await this.#askForZone(candidate);
      const isAlias = answer.answers.some((record) => record.type === "CNAME" || record.type === "DNAME");
      const soa = [...answer.answers, ...answer.authorities].find((record) => record.type === "SOA");
      if (answer.isAuthoritative && !isAlias && soa !== undefined && isWithin(candidate, soa.name)) {
        return { name: soa.name, serial: Number(fieldsOf("SOA", soa.rdata)["serial"]) };
      }
      if (answer.rcode !== "NOERROR" && answer.rcode !== "NXDOMAIN") break;
      // An alias is answered with the zone that it leads to, and what is delegated by those it is delegated to.
      candidate = parentOf(delegationIn(answer, candidate) ?? candidate);
    }
    throw failure(
      `${addressOf(this.server.settings)} has no zone that holds ${textOf(name)}`,
      "dns.zone.missing",
      "Let `connection` name the server that is primary for it",
    );
  }

  /** Knot refuses unsigned what it has no zone for, as if it did not know the key; then it refuses anybody. */
  async #askForZone(name: string): Promise<Message> {
    const question = { name, type: "SOA" };
    try {
      return await this.server.query(question);
    } catch (error) {
      const cause = error instanceof ProviderError ? error.cause : undefined;
      if (!(cause instanceof TsigError && cause.fault === "unsigned" && cause.answer.rcode === "REFUSED")) throw error;
      const { rcode } = await this.server.queryUnsigned(question);
      if (rcode !== "REFUSED") throw error;
      return cause.answer;
    }
  }

  async look(zone: string, keys: readonly Key[]): Promise<Stored[]> {
    return await lookExactly(this.server, zone, keys);
  }

  async zones(): Promise<string[]> {
    const { zones } = this.server.settings;
    if (zones.length > 0) return zones.map((zone) => nameOf(zone, "zones"));
    throw failure(
      "no zones are named to look through, and DNS cannot tell which ones a server has",
      "dns.zones.unnamed",
      "Name them in `connection.rfc2136.zones`",
    );
  }

  async dsFor(zone: string): Promise<readonly string[]> {
    return await (await import("./ds.ts")).dsFor(this.server, zone);
  }

  async all(zone: string): Promise<Stored[]> {
    const result = await this.server.transfer(zone);
    if ("refusal" in result) {
      throw failure(
        `${addressOf(this.server.settings)} does not transfer the zone ${textOf(zone)} (${result.refusal.rcode})`,
        "dns.transfer.refused",
        "Let the key transfer the zone (BIND: allow-transfer, Knot: acl, PowerDNS: TSIG-ALLOW-AXFR)",
      );
    }
    const sets = new Map<string, { key: Key; ttlSeconds: number; values: string[]; notes: string[] }>();
    for (const { name, type, ttlSeconds, rdata } of result.records) {
      if (type === "SOA") continue;
      const marked = type === "TXT" ? keyOfMark(name) : undefined;
      const key = marked ?? { name, type };
      const id = `${key.type} ${key.name}`;
      const set = sets.get(id) ?? { key, ttlSeconds: 0, values: [], notes: [] };
      sets.set(id, set);
      if (marked === undefined) set.ttlSeconds = ttlSeconds;
      (marked === undefined ? set.values : set.notes).push(valueText(type, rdata));
    }
    return [...sets.values()].map(({ key, ttlSeconds, values, notes }) => ({
      ...key,
      ttlSeconds,
      values: values.sort(),
      note: noteOf(notes),
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

/** The same for writing too. */
export class Rfc2136Writer extends Rfc2136Reader implements BackendWriter {
  async plan(update: Update): Promise<void> {
    // What can be told without asking is told by putting the message together.
    wireChanges(update);
  }

  async commit(update: Update): Promise<void> {
    const { zone, prerequisites, changes } = update;
    const guards = guardsOf(update);
    const { rcode, isRepeated } = await this.server.update({
      zone,
      prerequisites: [...prerequisitesOf(prerequisites, zone), ...guards],
      changes: wireChanges(update),
    });
    if (rcode !== "NOERROR") {
      // Said twice, and heard the first time: what fails now is that it was done.
      const isDone =
        isRepeated && isPrerequisite(rcode) && (await holds(this.server, zone, prerequisitesOf(changes, zone)));
      if (!isDone) throw await this.#refusal(update, rcode);
    }
    await warnOfUnsigned(this.server, zone);
    const { settings, signal } = this.server;
    if (settings.waitForSecondaries.length === 0) return;
    const { waitForSecondaries } = await import("./secondaries.ts");
    await waitForSecondaries(settings.waitForSecondaries, await this.findZone({ name: zone, type: "SOA" }), signal);
  }

  async #refusal(update: Update, rcode: Rcode): Promise<Error> {
    if (!isPrerequisite(rcode)) return await refusalInWords(this.server, update, rcode);
    const guards = guardsOf(update);
    const isFree = guards.length === 0 || (await holds(this.server, update.zone, guards));
    return isFree ? new Conflict(rcode) : await besideAlias(this.server, update);
  }
}

export const openReader = async (settings: Rfc2136Settings, request: Connecting): Promise<BackendReader> =>
  new Rfc2136Reader(await NameServer.connect(settings, request));
export const openWriter = async (settings: Rfc2136Settings, request: Connecting): Promise<BackendWriter> =>
  new Rfc2136Writer(await NameServer.connect(settings, request));

const isPrerequisite = (rcode: Rcode): boolean => /^[YN]X/.test(rcode);
