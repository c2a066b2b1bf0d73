import { option, type Want } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { connection } from "../connection.ts";
import { delegation, parentServer } from "../delegation/inputs.ts";
import { recordSet } from "../record-set/record-set.ts";

export const inputs = {
  ...recordSet,
  zone: option(
    z.nullable(z.string().check(z.minLength(1))),
    "Zone that contains the records. Null asks the server for the zone of the name. Set it to the parent zone for NS records of a delegation if the server has the delegated zone too.",
    null,
  ),
  ptr: option(
    z.boolean(),
    "For A and AAAA: whether each address gets a PTR record that points back to the name. If the reverse name is a CNAME record (RFC 2317), the PTR record is created at its target. Addresses whose reverse zone is not on the server are skipped with a warning.",
    false,
  ),
  parentServer,
};

export const outputs = {
  fqdn: option(z.string(), "Fully qualified name in ASCII, without a trailing dot."),
  zone: option(z.string(), "Zone that contains the records, without a trailing dot."),
  serial: option(
    z.int(),
    "Serial number of the zone's SOA record at the last lookup. Every change in the zone increases it.",
  ),
  ptrNames: option(z.array(z.string()), "Names of the PTR records that `ptr` created."),
  delegation,
};

export type Wanted = Want<typeof connection, typeof inputs>;
