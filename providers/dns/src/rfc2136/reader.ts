import { fieldsOf, isWithin, parentOf, TsigError, type Message } from "@nixops4-resources/dns-client";
import { ProviderError } from "@nixops4-resources/protocol-core";
import type { BackendReader, Zone } from "../backend.ts";
import { addressOf } from "../endpoint.ts";
import { failure } from "../failure.ts";
import { displayName, nameOf } from "../name.ts";
import type { Key, Stored } from "../stored.ts";
import { allSetsIn } from "./all-sets.ts";
import { refusedLook } from "./failure.ts";
import { delegationIn, lookExactly } from "./look.ts";
import type { NameServer } from "./server.ts";

/** Reads from a primary name server that accepts dynamic updates. */
export class Rfc2136Reader implements BackendReader {
  protected readonly server: NameServer;

  constructor(server: NameServer) {
    this.server = server;
  }

  async findZone({ name, type }: Key): Promise<Zone> {
    // DS records of a zone are in its parent zone (RFC 4034, section 5).
    let candidate = type === "DS" ? parentOf(name) : name;
    while (candidate !== undefined) {
      const answer = await this.#querySoa(candidate);
      const isAlias = answer.answers.some((record) => record.type === "CNAME" || record.type === "DNAME");
      const soa = [...answer.answers, ...answer.authorities].find((record) => record.type === "SOA");
      if (answer.isAuthoritative && !isAlias && soa !== undefined && isWithin(candidate, soa.name)) {
        return { name: soa.name, serial: Number(fieldsOf("SOA", soa.rdata)["serial"]) };
      }
      // What servers answer for a zone that they do not have. Any other failure says nothing about the zone.
      if (answer.rcode === "REFUSED" || answer.rcode === "NOTAUTH") break;
      if (answer.rcode !== "NOERROR" && answer.rcode !== "NXDOMAIN") throw refusedLook(this.server.settings, answer);
      // The answer for an alias is about its target's zone, and a referral is about the delegated zone: go on above them.
      candidate = parentOf(delegationIn(answer, candidate) ?? candidate);
    }
    throw failure(
      `${addressOf(this.server.settings)} has no zone that contains ${displayName(name)}`,
      "dns.zone.missing",
      "Set `connection` to the zone's primary server",
    );
  }

  /**
   * Knot refuses queries outside its zones without a signature, just like an unknown key. An unsigned query tells the two
   * apart: Knot refuses it too only if it does not have the zone.
   */
  async #querySoa(name: string): Promise<Message> {
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
      "`connection` names no zones to search, and DNS cannot list a server's zones",
      "dns.zones.unnamed",
      "List them in `connection.rfc2136.zones`",
    );
  }

  async dsFor(zone: string): Promise<readonly string[]> {
    return await (await import("./ds.ts")).dsFor(this.server, zone);
  }

  async all(zone: string): Promise<Stored[]> {
    const result = await this.server.transfer(zone);
    if ("records" in result) return allSetsIn(result.records, zone);
    throw failure(
      `${addressOf(this.server.settings)} refuses to transfer the zone ${displayName(zone)} (${result.refusal.rcode})`,
      "dns.transfer.refused",
      "Grant the key the right to transfer the zone (BIND: allow-transfer, Knot: acl, PowerDNS: TSIG-ALLOW-AXFR)",
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}
