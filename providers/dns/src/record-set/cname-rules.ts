import { failure } from "../failure.ts";
import { displayName } from "../name.ts";
import type { WantedSet } from "./record-set.ts";

/** Types of which a name has only one record, and the rule. */
const singletons: Readonly<Record<string, string>> = {
  CNAME: "RFC 2181, section 10.1",
  DNAME: "RFC 6672, section 2.4",
};

/**
 * Throws if declared record sets break a rule of CNAME and DNAME records. Servers do not report that: they answer NOERROR,
 * and keep the last CNAME record or ignore the other records.
 */
export function checkCnameRules(sets: readonly WantedSet[]): void {
  for (const { name, type, values } of sets) {
    const rule = singletons[type];
    if (rule === undefined || values.length === 1) continue;
    throw failure(
      `the ${type} record at ${displayName(name)} has ${values.length} values, and a name has only one ${type} record (${rule})`,
      "dns.value.invalid",
      type === "CNAME"
        ? "Declare one value, or A and AAAA records for several addresses"
        : "Declare one value: names below this one can have only one target",
    );
  }
  for (const { name } of sets.filter(({ type }) => type === "CNAME")) {
    const beside = sets.filter((one) => one.name === name && one.type !== "CNAME").map(({ type }) => type);
    if (beside.length === 0) continue;
    throw failure(
      `${displayName(name)} has a CNAME record and other records (${beside.join(", ")}), and a CNAME record must be the only record of its name (RFC 1034, section 3.6.2)`,
      "dns.cname.beside",
      "Remove the CNAME record or the others, or choose another name",
    );
  }
}
