import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import httpErrors from "@nixops4-resources/protocol-http/errors";
import tlsErrors from "@nixops4-resources/protocol-tls/errors";

/** The errors of this provider, in addition to those of every provider. */
const errors = {
  ...tlsErrors,
  // What PowerDNS' client does not say in words of its own.
  "http.answer.tooLarge": httpErrors["http.answer.tooLarge"],
  "http.credential.invalid": httpErrors["http.credential.invalid"],
  "http.plaintext": httpErrors["http.plaintext"],
  "dns.answer.forged": {
    meaning: "An answer is not signed with the connection's key. The provider ignores its content.",
    remedy: "Check the server and key in `connection`, and the network between.",
  },
  "dns.answer.malformed": {
    meaning: "The server at the address does not speak DNS.",
    remedy: "Set `port` in `connection` to the name server's port.",
  },
  "dns.cds.unmatched": {
    meaning:
      "BIND rejects a CDS or CDNSKEY record at the zone's own name without the DNSKEY record that it stands for.",
    remedy: "Sign the zone with that key first, or let the server generate the record.",
  },
  "dns.clock.differs": {
    meaning: "The clocks of this machine and of the server differ by more than a signature allows (300 s).",
    remedy: "Synchronize both clocks by NTP.",
  },
  "dns.cname.beside": {
    meaning: "A CNAME record would share its name with other records. Servers ignore that without an error.",
    remedy: "Remove the existing records first, or choose another name.",
  },
  "dns.conflict": {
    meaning: "Another client or deployment changed the records at the same time. Nothing was written.",
    remedy: "Apply again; if it persists, find the other client.",
  },
  "dns.dname.above": {
    meaning: "The server, such as Knot, refuses a DNAME record at a name with records below it, which it would hide.",
    remedy: "Remove the records below the name, or choose another name.",
  },
  "dns.dname.apex": {
    meaning: "A DNAME record at the zone's own name would hide its mark, and all records below that name.",
    remedy: "Declare it at a name below, or use PowerDNS' API.",
  },
  "dns.key.malformed": {
    meaning: "The secret of the TSIG key is not in Base64.",
    remedy: "Store only the secret there, as the server's own tool prints it.",
  },
  "dns.key.refused": {
    meaning: "The server rejects requests signed with the TSIG key.",
    remedy:
      "Compare the key's name, algorithm, secret and rights with the server's configuration; its log has the reason.",
  },
  "dns.look.hidden": {
    meaning:
      "A delegation or a DNAME record hides the records at a name, and the server refuses the zone transfer that would show them.",
    remedy: "Grant the key the right to transfer the zone.",
  },
  "dns.look.refused": {
    meaning: "The server refuses a query for the zone.",
    remedy: "Read the reason in the server's log.",
  },
  "dns.message.tooLong": {
    meaning: "An update would exceed the maximum size of a DNS message (65,535 octets). Nothing was written.",
    remedy: "Split the `records`, or declare shorter values.",
  },
  "dns.mx.address": {
    meaning: "BIND rejects an MX record whose target in the same zone has no address.",
    remedy: "Declare both in one `records`, or make the MX record depend on the address.",
  },
  "dns.name.invalid": {
    meaning: "An input is not a valid domain name.",
    remedy: "Correct the name.",
  },
  "dns.name.notHost": {
    meaning: "BIND rejects a name with other characters than a host name has, such as an underscore (`check-names`).",
    remedy: "Use letters, digits and inner hyphens only, or set `check-names ignore` in BIND's zone.",
  },
  "dns.name.outside": {
    meaning: "A name is not in the zone.",
    remedy: "Write fully qualified names, such as www.example.org, and declare each in its zone.",
  },
  "dns.octodns.failed": {
    meaning: "OctoDNS, or the service behind it, failed. The message contains the end of its output.",
    remedy: "Check the settings and secrets in the connection, and the records in the message.",
  },
  "dns.octodns.missing": {
    meaning: "The program `octodns-sync` does not exist.",
    remedy: "Install OctoDNS with the service's provider package, or set `connection.octodns.command` to its path.",
  },
  "dns.octodns.one": {
    meaning:
      "OctoDNS reads and writes one zone at a time, so single record sets are not supported with `connection.octodns`.",
    remedy: "Declare all records of the zone as one `records`.",
  },
  "dns.octodns.plan": {
    meaning: "OctoDNS would change a record that does not belong to the resource. Nothing was changed.",
    remedy:
      "Run octodns-sync yourself to find the reason: the service may return a record differently than it was written.",
  },
  "dns.octodns.value": {
    meaning: "OctoDNS cannot store exactly this record.",
    remedy: "Change the record, or manage it by another kind of connection.",
  },
  "dns.powerdns.disabled": {
    meaning: "A record set has disabled records, which writing would delete.",
    remedy: "Enable or delete them in PowerDNS, or choose another name.",
  },
  "dns.powerdns.exists": {
    meaning: "The object exists already: another client created it at the same time.",
    remedy: "Apply again.",
  },
  "dns.powerdns.key": {
    meaning: "PowerDNS' API rejects the API key.",
    remedy: "Compare `connection.powerdns.apiKey` with `api-key` in the server's pdns.conf.",
  },
  "dns.powerdns.notFound": {
    meaning:
      "PowerDNS answers 404, which it does for a wrong base path, a wrong server id and a zone that was just deleted. Nothing counts as missing because of it, and nothing was changed.",
    remedy: "Check `connection.powerdns.url` and `connection.powerdns.serverId`, then apply again.",
  },
  "dns.powerdns.refused": {
    meaning: "PowerDNS' API rejects a request. The message contains its reason.",
    remedy: "Change the inputs that the reason names.",
  },
  "dns.powerdns.type": {
    meaning: "PowerDNS stores a numbered type under a name and in a form that the provider does not support.",
    remedy: "Manage these records outside of this provider.",
  },
  "dns.powerdns.unexpected": {
    meaning:
      "The server at the address does not answer as PowerDNS' API does; a proxy may answer in its place. The outcome of a write is unknown.",
    remedy: "Set `connection.powerdns.url` to the webserver of PowerDNS Authoritative, and `api=yes` on the server.",
  },
  "dns.ptr.taken": {
    meaning: "The PTR record of an address belongs to another owner. Nothing was written.",
    remedy: "Set `ptr = true` for one name of an address only; set `adopt = true` to take over an unmarked record.",
  },
  "dns.rrset.shared": {
    meaning:
      "One resource declares all records of a name and type, and another one shares them (`shared = true`). The message names both. Nothing was written.",
    remedy:
      'Set `shared = true` on all of them: destroy the one without it with `deletion = "retain"`, then declare its values with `shared = true` and `adopt = true`.',
  },
  "dns.rrset.taken": {
    meaning: "A record set belongs to another resource, to another deployment, or has no mark.",
    remedy:
      'Declare it in one resource only, or set `shared = true` on all resources that own some of its values. To move it, destroy the old resource with `deletion = "retain"`, then set `adopt = true` on the new one. To take it over, set `adopt` or `adoptFrom` as the hint says.',
  },
  "dns.rrset.tooLarge": {
    meaning: "The record set exceeds BIND's `max-records-per-type`, by default 100 records of a name and type.",
    remedy: "Raise the limit on the server, or declare fewer records.",
  },
  "dns.server.closed": {
    meaning: "The server or a device between closed the connection. Whether an update took effect is unknown.",
    remedy: "Apply again: it reads the current records first.",
  },
  "dns.server.unreachable": {
    meaning: "No server answers at the address.",
    remedy: "Check that it runs and listens there on TCP, and that no firewall blocks it.",
  },
  "dns.shared.ttl": {
    meaning:
      "Resources that share a record set declare different TTLs, and all records of a set have one TTL (RFC 2181).",
    remedy: "Set the TTL that the message names.",
  },
  "dns.stored.differently": {
    meaning: "The server accepted an update, and then has other records than were sent.",
    remedy: "Declare the records as the server stores them, or remove the reason that its log names.",
  },
  "dns.transfer.refused": {
    meaning: "The server refuses to transfer the zone, which is how `list` finds the marks.",
    remedy: "Grant the key the right to transfer the zone.",
  },
  "dns.transfer.tooLarge": {
    meaning: "The transfer of the zone is larger than 64 MiB, the most that the provider reads.",
    remedy: "Use another kind of `connection`, or split the zone.",
  },
  "dns.type.refused": {
    meaning:
      "Records of this type are not managed: the server generates them, they never exist in a zone, or only PowerDNS' API has them (ALIAS).",
    remedy: "Leave them to the server, or declare the records that the hint names instead.",
  },
  "dns.update.failed": {
    meaning: "The server failed to update the zone.",
    remedy: "Fix the cause in the server's log, then apply again.",
  },
  "dns.update.refused": {
    meaning: "The key may not change the zone, or not these records in it.",
    remedy: "Grant the key the right on the server.",
  },
  "dns.update.unsupported": {
    meaning: "The server, such as NSD, does not support dynamic updates.",
    remedy: "Use a primary server that does, or another kind of `connection`.",
  },
  "dns.value.invalid": {
    meaning: "A record set is invalid: its type, a value, or a combination of inputs.",
    remedy: "Correct the input that the message names.",
  },
  "dns.zone.connection": {
    meaning: "Only PowerDNS' API can create zones.",
    remedy: "Use `connection.powerdns`, or create the zone at the server and declare its records only.",
  },
  "dns.zone.missing": {
    meaning: "The server is not primary for the zone, or has no zone that contains the name.",
    remedy: "Correct the name or `zone`, or set `connection` to the zone's primary server.",
  },
  "dns.zone.nameServers": {
    meaning: "A zone must keep at least one name server. Servers ignore the removal of the last one without an error.",
    remedy: 'Keep them with `deletion = "retain"`.',
  },
  "dns.zone.notEmpty": {
    meaning: "The zone has records other than its SOA and NS, and `deleteRecords` is false.",
    remedy: "Destroy the resources that declare them first, or set `deleteRecords = true`.",
  },
  "dns.zone.signed": {
    meaning:
      "Turning DNSSEC off would destroy the zone's keys, and resolvers reject the zone while its parent has DS records.",
    remedy:
      "Remove the DS records from the parent zone, wait until their TTL has passed, then run `pdnsutil disable-dnssec`.",
  },
  "dns.zones.unnamed": {
    meaning: "`list` needs the names of the zones to search.",
    remedy: "List them in `connection.rfc2136.zones`.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
