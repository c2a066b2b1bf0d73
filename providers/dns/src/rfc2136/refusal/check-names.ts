import { fieldsOf, isWithin, rdataOf } from "@nixops4-resources/dns-client";
import type { ProviderError } from "@nixops4-resources/protocol-core";
import type { Update } from "../../backend.ts";
import { addressOf } from "../../endpoint.ts";
import { failure } from "../../failure.ts";
import { displayName } from "../../name.ts";
import type { Key, Stored } from "../../stored.ts";
import { mayChange } from "./may-change.ts";
import type { NameServer } from "../server.ts";

/**
 * The error for a name that BIND's option `check-names` rejects; undefined if the update was refused for another reason.
 * BIND answers REFUSED as it does to a key without rights.
 */
export async function notHostName(server: NameServer, update: Update): Promise<ProviderError | undefined> {
  for (const wanted of update.changes) {
    const bad = namesCheckedByBind(wanted).find((name) => !isHostName(name));
    if (bad === undefined) continue;
    if (!(await mayChange(server, update, wanted))) return undefined;
    return failure(
      `${addressOf(server.settings)} refuses ${displayName(wanted.name)} ${wanted.type}, since ${displayName(bad)} is not a host name (REFUSED)`,
      "dns.name.notHost",
      "Use only letters, digits and inner hyphens in the name, or set `check-names ignore` in BIND's zone",
    );
  }
  return undefined;
}

/** Source: `checkowner_*` and `checknames_*` in BIND's lib/dns/rdata. */
function namesCheckedByBind({ name, type, values }: Stored): string[] {
  const owner = ["A", "AAAA", "MX"].includes(type) && values.length > 0 ? [name.replace(/^\*\./, "")] : [];
  const field = fieldWithHost({ name, type });
  if (field === undefined) return owner;
  return [...owner, ...values.map((value) => String(fieldsOf(type, rdataOf(type, value))[field]))];
}

function fieldWithHost({ name, type }: Key): string | undefined {
  if (type === "PTR") return ["in-addr.arpa.", "ip6.arpa."].some((zone) => isWithin(name, zone)) ? "target" : undefined;
  return { NS: "target", SRV: "target", MX: "exchange" }[type];
}

const isHostName = (name: string): boolean => name === "." || /^(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+$/.test(name);
