import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import httpErrors from "@nixops4-resources/protocol-http/errors";
import tlsErrors from "@nixops4-resources/protocol-tls/errors";

/** What can go wrong here, beside what can go wrong everywhere. */
const errors = {
  ...tlsErrors,
  // What PowerDNS' client does not say in words of its own.
  "http.answer.tooLarge": httpErrors["http.answer.tooLarge"],
  "http.credential.invalid": httpErrors["http.credential.invalid"],
  "dns.answer.forged": {
    meaning: "An answer is not signed with the key of the connection. Nothing it says is believed.",
    remedy: "See that `connection` names the right server and key, and what is between.",
  },
  "dns.answer.malformed": {
    meaning: "What answers at the address does not speak DNS.",
    remedy: "Let `connection` name the port of a name server.",
  },
  "dns.clock.differs": {
    meaning: "The clocks of this machine and of the server differ by more than a signature allows (300 s).",
    remedy: "Set both clocks by NTP.",
  },
  "dns.cname.beside": {
    meaning: "A CNAME record would stand beside other records, which servers ignore without an error.",
    remedy: "Remove what is there first, or choose another name.",
  },
  "dns.conflict": {
    meaning: "Somebody else changed the records several times while they were being changed. Nothing was written.",
    remedy: "Apply again; see who else writes if it stays.",
  },
  "dns.key.malformed": {
    meaning: "The secret of the TSIG key is not in Base64.",
    remedy: "Put the bare secret there, as the server's own tool printed it.",
  },
  "dns.key.refused": {
    meaning: "The server does not take what is signed with the TSIG key.",
    remedy: "Compare the key's name, algorithm and secret with the server's, and its rights; see the server's log.",
  },
  "dns.look.hidden": {
    meaning: "A delegation hides what is at a name, and the zone's transfer, which would show it, is refused.",
    remedy: "Let the key transfer the zone.",
  },
  "dns.look.refused": {
    meaning: "The server does not answer a question about the zone.",
    remedy: "See the server's log.",
  },
  "dns.message.tooLong": {
    meaning: "An update would be longer than a DNS message can be (65,535 octets). Nothing was written.",
    remedy: "Split the `records`, or declare shorter values.",
  },
  "dns.mx.address": {
    meaning: "BIND refuses an MX record whose target in the same zone has no address.",
    remedy: "Declare both as one `records`, or let the MX depend on the address.",
  },
  "dns.name.invalid": {
    meaning: "An input is not a domain name.",
    remedy: "Correct the name.",
  },
  "dns.name.outside": {
    meaning: "A name is not in the zone.",
    remedy: "Write names whole, such as www.example.org, and give each to its zone.",
  },
  "dns.octodns.failed": {
    meaning: "OctoDNS, or the service behind it, failed. The end of what it said is passed on.",
    remedy: "Check the settings and secrets in the connection, and the records that the message names.",
  },
  "dns.octodns.missing": {
    meaning: "There is no program `octodns-sync`.",
    remedy: "Install OctoDNS with the package of the service's provider, or let `connection.octodns.command` name it.",
  },
  "dns.octodns.one": {
    meaning:
      "A service by OctoDNS is looked at and written one zone at a time, so single record sets are not offered there.",
    remedy: "Declare all records of the zone as one `records`.",
  },
  "dns.octodns.plan": {
    meaning: "OctoDNS would change a record that is not ours. Nothing was changed.",
    remedy: "See why with octodns-sync by hand: the service may give a record back otherwise than it was given.",
  },
  "dns.octodns.value": {
    meaning: "OctoDNS cannot store a record exactly as it is wanted.",
    remedy: "Change the record, or manage the zone by another connection.",
  },
  "dns.powerdns.disabled": {
    meaning: "A record set has records that somebody disabled. Writing it would remove them for good.",
    remedy: "Enable or delete them in PowerDNS, or choose another name.",
  },
  "dns.powerdns.exists": {
    meaning: "Somebody else made the same thing at the same moment.",
    remedy: "Apply again.",
  },
  "dns.powerdns.key": {
    meaning: "PowerDNS' API refuses the API key.",
    remedy: "Check the secret of the connection against `api-key` in the server's pdns.conf.",
  },
  "dns.powerdns.refused": {
    meaning: "PowerDNS' API refuses a request. Its words are passed on.",
    remedy: "Change the inputs that the words are about.",
  },
  "dns.powerdns.type": {
    meaning: "PowerDNS has a name and a form of its own for a type that is only a number here.",
    remedy: "Manage these records in another way.",
  },
  "dns.powerdns.unexpected": {
    meaning: "What answers at the address is not PowerDNS' API.",
    remedy: "Let `connection.powerdns.url` name the webserver of PowerDNS Authoritative, and set `api=yes` there.",
  },
  "dns.ptr.taken": {
    meaning: "The PTR record of an address is somebody else's. Nothing was written.",
    remedy: "Set `ptr = true` for one name of an address only; what bears no mark is taken over with `adopt = true`.",
  },
  "dns.rrset.taken": {
    meaning: "Two resources of one deployment declare the same name and type.",
    remedy:
      'Declare it once; to move it, destroy it there first with `deletion = "retain"`, then take it over with `adopt = true`.',
  },
  "dns.rrset.tooLarge": {
    meaning: "BIND takes 100 records of a name and type, unless its `max-records-per-type` says otherwise.",
    remedy: "Raise the limit at the server, or declare fewer.",
  },
  "dns.server.closed": {
    meaning: "The server, or something between, closed the connection. Whether an update took effect is unknown.",
    remedy: "Apply again: it looks first and goes on from what is there.",
  },
  "dns.server.unreachable": {
    meaning: "No server answers at the address.",
    remedy: "See that it runs and listens there on TCP, and that no firewall is between.",
  },
  "dns.transfer.refused": {
    meaning: "The server does not transfer the zone, which is how its marks are found.",
    remedy: "Let the key transfer the zone.",
  },
  "dns.type.refused": {
    meaning: "Records of this type are not managed: the server makes them itself, or they are no records at all.",
    remedy: "Leave them to the server.",
  },
  "dns.update.failed": {
    meaning: "The server failed to update the zone.",
    remedy: "See the server's log, then apply again.",
  },
  "dns.update.refused": {
    meaning: "The key may not change the zone, or this in it.",
    remedy: "Give the key the right at the server.",
  },
  "dns.update.unsupported": {
    meaning: "The server has no dynamic update, as NSD.",
    remedy: "Use a primary that has, or another kind of `connection`.",
  },
  "dns.value.invalid": {
    meaning: "A value is not one of its type.",
    remedy: "Correct it as the message says.",
  },
  "dns.zone.connection": {
    meaning: "Zones are made by PowerDNS' API only.",
    remedy: "Use a `connection.powerdns`, or make the zone at the server by hand.",
  },
  "dns.zone.missing": {
    meaning: "The server is not primary for the zone, or has none that holds the name.",
    remedy: "Correct the name or `zone`, or let `connection` name the zone's primary.",
  },
  "dns.zone.nameServers": {
    meaning: "The last name servers of a zone cannot be removed; servers ignore it without an error.",
    remedy: 'Keep them with `deletion = "retain"`.',
  },
  "dns.zone.notEmpty": {
    meaning: "The zone has records beside SOA and NS. It is not destroyed with them unasked.",
    remedy: "Destroy what declares them first, or set `deleteRecords = true`.",
  },
  "dns.zone.signed": {
    meaning: "Turning DNSSEC off destroys the zone's keys, and resolvers refuse it while the parent has DS records.",
    remedy: "Take the DS records from the parent first, wait, then disable DNSSEC by hand.",
  },
  "dns.zones.unnamed": {
    meaning: "To find what a deployment left behind, the zones to look through must be named.",
    remedy: "Name them in `connection.rfc2136.zones`.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
