import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";

/** What can go wrong here, beside what can go wrong everywhere. */
const errors = {
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
  "dns.zone.missing": {
    meaning: "The server is not primary for the zone, or has none that holds the name.",
    remedy: "Correct the name or `zone`, or let `connection` name the zone's primary.",
  },
  "dns.zone.nameServers": {
    meaning: "The last name servers of a zone cannot be removed; servers ignore it without an error.",
    remedy: 'Keep them with `deletion = "retain"`.',
  },
  "dns.zones.unnamed": {
    meaning: "To find what a deployment left behind, the zones to look through must be named.",
    remedy: "Name them in `connection.rfc2136.zones`.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
