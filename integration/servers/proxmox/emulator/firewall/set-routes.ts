import { checkDigest, commentOf, withDigest } from "./digest.ts";
import type { Entry, GuestFirewall, IpSet } from "./guest-firewall.ts";
import { normalizeNetwork } from "./networks.ts";
import type { FirewallMethod } from "./method.ts";
import type { Parameters } from "../http/parameters.ts";
import { failure, invalid, notEmulated } from "../refusal.ts";

const nameOf = (parameters: Parameters): string => parameters.required("name");

/** Source: PVE/API2/Firewall/IPSet.pm */
export const setRoutes: readonly FirewallMethod[] = [
  { method: "GET", path: "/ipset", answer: ({ setRows }) => withDigest(setRows) },
  { method: "POST", path: "/ipset", answer: addSet },
  { method: "DELETE", path: "/ipset/{name}", answer: deleteSet },
  {
    method: "GET",
    path: "/ipset/{name}",
    answer: (firewall, parameters) => withDigest(firewall.entryRows(nameOf(parameters))),
  },
  { method: "POST", path: "/ipset/{name}", answer: addEntry },
  {
    method: "GET",
    path: "/ipset/{name}/{cidr}",
    answer: (firewall, parameters) => {
      const { cidr } = entryOf(firewall, parameters);
      return withDigest(firewall.entryRows(nameOf(parameters))).find((row) => row["cidr"] === cidr);
    },
  },
  { method: "PUT", path: "/ipset/{name}/{cidr}", answer: updateEntry },
  { method: "DELETE", path: "/ipset/{name}/{cidr}", answer: deleteEntry },
];

/** Only a rename compares the digest. The file has names in lower case. */
function addSet(firewall: GuestFirewall, parameters: Parameters): void {
  const { sets, setRows } = firewall;
  const name = nameOf(parameters);
  if (name !== name.toLowerCase()) throw notEmulated("IP sets with upper-case letters");
  const comment = commentOf(parameters.text("comment"));
  const renamed = parameters.text("rename");
  if (renamed === undefined) {
    if (sets.has(name)) throw invalid({ name: `IPSet '${name}' already exists` });
    sets.set(name, { comment, entries: new Map() });
    return;
  }
  checkDigest(setRows, parameters.text("digest"));
  const set = sets.get(renamed);
  if (set === undefined) throw invalid({ name: `IPSet '${renamed}' does not exist` });
  if (name !== renamed && sets.has(name)) throw invalid({ name: `IPSet '${name}' does already exist` });
  sets.delete(renamed);
  sets.set(name, { ...set, comment: parameters.has("comment") ? comment : set.comment });
}

/** It takes no digest. */
function deleteSet(firewall: GuestFirewall, parameters: Parameters): void {
  const name = nameOf(parameters);
  const { entries } = firewall.set(name);
  if (entries.size > 0 && !parameters.flag("force")) throw failure(`IPSet '${name}' is not empty`);
  firewall.sets.delete(name);
}

/** It takes no digest. */
function addEntry(firewall: GuestFirewall, parameters: Parameters): void {
  const cidr = entryTextOf(firewall, parameters.required("cidr"));
  const { entries } = firewall.set(nameOf(parameters));
  if (entries.has(cidr)) throw invalid({ cidr: `address '${cidr}' already exists` });
  if (/\/0+$/.test(cidr)) throw invalid({ cidr: "a zero prefix is not allowed in ipset entries" });
  write(firewall, parameters, (all) => all.set(cidr, entryFrom(cidr, parameters)));
}

/** A network without host bits, or an alias as it was given. */
function entryTextOf({ aliases }: GuestFirewall, given: string): string {
  const [, scope = "", alias] = /^(dc\/|guest\/)?([A-Za-z][A-Za-z0-9_-]+)$/.exec(given) ?? [];
  if (alias === undefined) return normalizeNetwork(given);
  if (scope === "dc/") throw notEmulated("aliases of the cluster's firewall");
  if (!aliases.has(alias.toLowerCase())) throw failure(`no such alias '${alias}'`);
  return given;
}

const entryFrom = (cidr: string, parameters: Parameters): Entry => ({
  cidr,
  comment: commentOf(parameters.text("comment")),
  isExcluded: parameters.flag("nomatch"),
});

/** The entry of exactly this text. */
function entryOf(firewall: GuestFirewall, parameters: Parameters): Entry {
  const entry = firewall.set(nameOf(parameters)).entries.get(parameters.required("cidr"));
  if (entry === undefined) throw invalid({ cidr: "no such IP/Network" });
  return entry;
}

/** What is not sent is gone. */
function updateEntry(firewall: GuestFirewall, parameters: Parameters): void {
  checkDigest(firewall.entryRows(nameOf(parameters)), parameters.text("digest"));
  const { cidr } = entryOf(firewall, parameters);
  write(firewall, parameters, (all) => all.set(cidr, entryFrom(cidr, parameters)));
}

/** An entry that does not exist is no error. */
function deleteEntry(firewall: GuestFirewall, parameters: Parameters): void {
  checkDigest(firewall.entryRows(nameOf(parameters)), parameters.text("digest"));
  write(firewall, parameters, (all) => all.delete(parameters.required("cidr")));
}

/** Copies share their sets. */
function write(
  firewall: GuestFirewall,
  parameters: Parameters,
  change: (entries: Map<string, Entry>) => unknown,
): void {
  const set: IpSet = firewall.set(nameOf(parameters));
  const entries = new Map(set.entries);
  change(entries);
  firewall.sets.set(nameOf(parameters), { ...set, entries });
}
