import { fieldsOf, isWithin, prerequisite, rdataOf, type Rcode } from "@nixops4-resources/dns-client";
import type { ProviderError } from "@nixops4-resources/protocol-core";
import type { Update } from "../../backend.ts";
import { addressOf } from "../../endpoint.ts";
import { failure } from "../../failure.ts";
import { displayName } from "../../name.ts";
import type { Stored } from "../../stored.ts";
import { notHostName } from "./check-names.ts";
import { refusedUpdate } from "../failure.ts";
import { holds } from "../look.ts";
import { refusedForOthers } from "./refused-type.ts";
import type { NameServer } from "../server.ts";
import { typesExcludedByCname } from "../update.ts";

/** The default of BIND's `max-records-per-type`. */
const maxRecordsOfBind = 100;

/** Finds out why the server refused an update. The answer does not say; at most the server's log does. */
export async function explainRefusedUpdate(server: NameServer, update: Update, rcode: Rcode): Promise<ProviderError> {
  const { settings } = server;
  if (rcode === "REFUSED") {
    const notHost = await notHostName(server, update);
    if (notHost !== undefined) return notHost;
    const unsuitable = await refusedForOthers(server, update);
    if (unsuitable !== undefined) return unsuitable;
    const exchange = await exchangeWithoutAddress(server, update);
    if (exchange !== undefined) {
      return failure(
        `${addressOf(settings)} refuses an MX record for ${displayName(exchange)}, which has no address in the zone ${displayName(update.zone)} (REFUSED)`,
        "dns.mx.address",
        "Declare the A or AAAA record and the MX record in one `records`, or make this resource depend on the address",
      );
    }
  }
  const large = update.changes.find(({ values }) => values.length > maxRecordsOfBind);
  if (rcode === "SERVFAIL" && large !== undefined) {
    return failure(
      `${addressOf(settings)} rejects ${large.values.length} records of type ${large.type} at ${displayName(large.name)} (SERVFAIL)`,
      "dns.rrset.tooLarge",
      `Raise \`max-records-per-type\` of BIND (default ${maxRecordsOfBind}), or declare fewer records`,
    );
  }
  return refusedUpdate(settings, rcode, update.zone);
}

/** A mail exchange within the zone that has no address, and gets none by this update. */
async function exchangeWithoutAddress(server: NameServer, { zone, changes }: Update): Promise<string | undefined> {
  const exchanges = changes
    .filter(({ type }) => type === "MX")
    .flatMap(({ values }) => values.map((value) => String(fieldsOf("MX", rdataOf("MX", value))["exchange"])));
  for (const exchange of exchanges) {
    if (!isWithin(exchange, zone) || changes.some((one) => one.name === exchange && isAddress(one))) continue;
    const answers = await server.queryAll(["A", "AAAA"].map((type) => ({ name: exchange, type })));
    if (answers.every((answer) => answer.answers.length === 0)) return exchange;
  }
  return undefined;
}

const isAddress = ({ type, values }: Stored): boolean => (type === "A" || type === "AAAA") && values.length > 0;

/** The error for a CNAME record that would share its name with other records. */
export async function cnameConflict(server: NameServer, { zone, changes }: Update): Promise<ProviderError> {
  const alias = changes.find(({ type, values }) => type === "CNAME" && values.length > 0);
  if (alias === undefined) {
    const names = [...new Set(changes.map(({ name }) => displayName(name)))].slice(0, 3).join(", ");
    return failure(
      `a CNAME record exists (at ${names}), and must be the only record of its name`,
      "dns.cname.beside",
      "Remove the CNAME record first, or choose another name",
    );
  }
  const present: string[] = [];
  for (const type of typesExcludedByCname) {
    if (!(await holds(server, zone, [prerequisite.absent(alias.name, type)]))) present.push(type);
  }
  return failure(
    `${displayName(alias.name)} has other records (${present.join(", ") || "of a type without a known name"}), and a CNAME record must be the only record of its name`,
    "dns.cname.beside",
    "Remove the other records first, or choose another name",
  );
}
