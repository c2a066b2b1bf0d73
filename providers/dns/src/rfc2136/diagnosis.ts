import { fieldsOf, isWithin, prerequisite, rdataOf, type Rcode } from "@nixops4-resources/dns-client";
import type { ProviderError } from "@nixops4-resources/protocol-core";
import type { Stored, Update } from "../backend.ts";
import { addressOf } from "../endpoint.ts";
import { failure } from "../failure.ts";
import { textOf } from "../name.ts";
import { refusedUpdate } from "./failure.ts";
import { holds } from "./look.ts";
import type { NameServer } from "./server.ts";
import { typesBesideNoAlias } from "./update.ts";

/** BIND's `max-records-per-type`, unless its settings say otherwise. */
const mostRecordsOfBind = 100;

/** Why an update was refused, found out afterwards, since servers tell it to their log at most. */
export async function refusalInWords(server: NameServer, update: Update, rcode: Rcode): Promise<ProviderError> {
  const { settings } = server;
  if (rcode === "REFUSED") {
    const exchange = await exchangeWithoutAddress(server, update);
    if (exchange !== undefined) {
      return failure(
        `${addressOf(settings)} refuses an MX record for ${textOf(exchange)}, which has no address in the zone ${textOf(update.zone)} (REFUSED)`,
        "dns.mx.address",
        "Declare the A or AAAA record together with it, as one `records`, or make this resource depend on it",
      );
    }
  }
  const large = update.changes.find(({ values }) => values.length > mostRecordsOfBind);
  if (rcode === "SERVFAIL" && large !== undefined) {
    return failure(
      `${addressOf(settings)} does not take ${large.values.length} records of type ${large.type} at ${textOf(large.name)} (SERVFAIL)`,
      "dns.rrset.tooLarge",
      `BIND takes ${mostRecordsOfBind} records of a name and type: raise max-records-per-type there, or declare fewer`,
    );
  }
  return refusedUpdate(settings, rcode, update.zone);
}

/** A mail exchange within the zone that has no address there, nor gets one by this update. */
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

/** An alias would be beside other records, or others beside an alias. */
export async function besideAlias(server: NameServer, { zone, changes }: Update): Promise<ProviderError> {
  const alias = changes.find(({ type, values }) => type === "CNAME" && values.length > 0);
  if (alias === undefined) {
    const names = [...new Set(changes.map(({ name }) => textOf(name)))].slice(0, 3).join(", ");
    return failure(
      `there is a CNAME record already (at ${names}), and nothing may be beside one`,
      "dns.cname.beside",
      "Remove the CNAME record first, or choose another name",
    );
  }
  const there: string[] = [];
  for (const type of typesBesideNoAlias) {
    if (!(await holds(server, zone, [prerequisite.absent(alias.name, type)]))) there.push(type);
  }
  return failure(
    `${textOf(alias.name)} has other records already (${there.join(", ") || "of a type that is not known here"}), and a CNAME record may not be beside any`,
    "dns.cname.beside",
    "Remove those first, or choose another name",
  );
}
