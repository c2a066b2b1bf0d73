import { option, withExample, type Want } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { connection } from "../connection.ts";
import { delegation, parentServer } from "../delegation/inputs.ts";
import { recordSet } from "../record-set/record-set.ts";

export const inputs = {
  zone: option(withExample(z.string().check(z.minLength(1)), "example.org"), "Zone that contains all of the records."),
  name: option(
    withExample(z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/)), "mastodon"),
    "Name of this group of records: 1 to 40 of a-z, 0-9 and the hyphen, unique in the zone. The TXT record `_nixops4-records.NAME.ZONE` lists the group's record sets.",
  ),
  rrsets: option(
    z.array(z.strictObject(recordSet)).check(z.minLength(1)),
    "Record sets of the group. Each has all records of one name and type.",
  ),
  parentServer,
};

export const outputs = {
  zone: option(z.string(), "Name of the zone, without a trailing dot."),
  fqdns: option(
    z.array(z.string()),
    "Fully qualified names of the record sets, in ASCII, sorted and without duplicates.",
  ),
  serial: option(
    z.int(),
    "Serial number of the zone's SOA record at the last lookup. Every change in the zone increases it.",
  ),
  delegation,
};

export type Wanted = Want<typeof connection, typeof inputs>;
