import { failure } from "../failure.ts";
import { displayName } from "../name.ts";
import type { WantedSet } from "./record-set.ts";

/**
 * Throws if declared record sets break a rule of CNAME records. Servers do not report that: they answer NOERROR, and keep
 * the last CNAME record or ignore the other records.
 */
export function checkCnameRules(sets: readonly WantedSet[]): void {
  for (const { name, values } of sets.filter(({ type }) => type === "CNAME")) {
    if (values.length > 1) {
      throw failure(
        `the CNAME record at ${displayName(name)} has ${values.length} values, and a name has only one CNAME record (RFC 2181, section 10.1)`,
        "dns.value.invalid",
        "Declare one value, or A and AAAA records for several addresses",
      );
    }
    const beside = sets.filter((one) => one.name === name && one.type !== "CNAME").map(({ type }) => type);
    if (beside.length === 0) continue;
    throw failure(
      `${displayName(name)} has a CNAME record and other records (${beside.join(", ")}), and a CNAME record must be the only record of its name (RFC 1034, section 3.6.2)`,
      "dns.cname.beside",
      "Remove the CNAME record or the others, or choose another name",
    );
  }
}
