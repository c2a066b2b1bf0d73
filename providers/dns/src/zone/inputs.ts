import { option, withExample, type Want } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { connection } from "../connection.ts";
import { notReserved } from "../record-set/record-set.ts";

const nonEmpty = z.string().check(z.minLength(1));

export const kinds = ["Native", "Master", "Slave"] as const;
export const soaEdits = ["INCREMENT-WEEKS", "INCEPTION-EPOCH", "INCEPTION-INCREMENT", "EPOCH", "NONE"] as const;
export const soaEditApis = ["DEFAULT", "INCREASE", "EPOCH", "SOA-EDIT", "SOA-EDIT-INCREASE"] as const;

export const inputs = {
  name: option(
    withExample(z.string().check(z.minLength(1), notReserved), "example.org"),
    "Name of the zone, with or without a trailing dot.",
  ),
  kind: option(
    z.enum(kinds),
    "Replication of the zone: `Native` by the database, `Master` as a primary that notifies its secondaries, `Slave` by transfer from `masters`.",
    "Native",
  ),
  masters: option(
    z.array(z.string()),
    "Addresses of the primaries of a `Slave`, each with or without a port, such as `192.0.2.53:5353`.",
    [],
  ),
  nameservers: option(
    z.nullable(z.array(nonEmpty)),
    "Names of the zone's name servers, written as its NS records. Null does not manage the NS records, so that an `rrset` can; a `Slave` gets them from its primary.",
    null,
  ),
  soaEdit: option(
    z.nullable(z.enum(soaEdits)),
    "Method of changing the serial number when a signed zone is served (SOA-EDIT). Null serves the stored serial number.",
    null,
  ),
  soaEditApi: option(
    z.enum(soaEditApis),
    "Method of changing the serial number at each change by the API (SOA-EDIT-API).",
    "DEFAULT",
  ),
  dnssec: option(
    z.boolean(),
    "Whether the zone is signed. The provider only turns it on: turning it off destroys the keys, and is rejected.",
    false,
  ),
  updateKeys: option(
    z.array(z.string()),
    "Names of the server's TSIG keys that may change the zone by dynamic update (TSIG-ALLOW-DNSUPDATE). If empty, and with `dnsupdate=yes`, PowerDNS accepts unsigned updates from `allow-dnsupdate-from`.",
    [],
  ),
  transferKeys: option(
    z.array(z.string()),
    "Names of the server's TSIG keys that may transfer the zone (TSIG-ALLOW-AXFR).",
    [],
  ),
  account: option(
    z.string().check(z.regex(/^.{0,40}$/)),
    "The zone's account in PowerDNS: free text of up to 40 characters.",
    "",
  ),
  deleteRecords: option(
    z.boolean(),
    "Whether destroying may delete a zone with records other than its SOA and NS. False rejects it.",
    false,
  ),
};

export const outputs = {
  serial: option(z.int(), "Serial number of the zone as served."),
  ds: option(
    z.array(z.string()),
    "DS records that the parent zone needs, one per key and digest type; empty without DNSSEC.",
  ),
};

export type Wanted = Want<typeof connection, typeof inputs>;
