import { option, withExample, type Want } from "@nixops4-resources/protocol-core";
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
  shared: option(
    z.boolean(),
    "Whether the resource owns only its own `values` of the name and type, so that other resources and deployments can own further ones. All resources that share a set must set it, with the same `ttlSeconds`. Values without an owner are kept. Not for CNAME and DNAME.",
    false,
  ),
  part: option(
    withExample(z.nullable(z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,39}$/))), "spf"),
    "Name of this resource's values in a shared set: 1 to 40 of a-z, 0-9 and the hyphen, unique in the deployment for a name and type. It tells which values the resource owned before, so values removed from `values` are deleted. Null identifies the values only by themselves: without a state, values removed from `values` then stay.",
    null,
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
