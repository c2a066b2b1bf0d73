import { checkDigest, commentOf, withDigest } from "./digest.ts";
import type { GuestFirewall } from "./guest-firewall.ts";
import type { FirewallMethod } from "./method.ts";
import type { Parameters } from "../http/parameters.ts";
import { invalid } from "../refusal.ts";

const nameOf = (parameters: Parameters): string => parameters.required("name");

/** The name is kept as it is, and found without regard to case. Source: PVE/API2/Firewall/Aliases.pm */
export const aliasRoutes: readonly FirewallMethod[] = [
  { method: "GET", path: "/aliases", answer: ({ aliasRows }) => withDigest(aliasRows) },
  { method: "POST", path: "/aliases", answer: addAlias },
  {
    method: "GET",
    path: "/aliases/{name}",
    answer: (firewall, parameters) => {
      const { name } = firewall.alias(nameOf(parameters));
      return firewall.aliasRows.find((row) => row["name"] === name);
    },
  },
  { method: "PUT", path: "/aliases/{name}", answer: updateAlias },
  {
    method: "DELETE",
    path: "/aliases/{name}",
    answer: ({ aliases, aliasRows }, parameters) => {
      checkDigest(aliasRows, parameters.text("digest"));
      aliases.delete(nameOf(parameters).toLowerCase());
    },
  },
];

/** Host bits stay, only the length of a single address is cut off. Source: PVE/Firewall.pm: parse_alias */
const cidrOf = (parameters: Parameters): string => parameters.required("cidr").replace(/(?<=\..*)\/32$|\/128$/, "");

/** It takes no digest. */
function addAlias({ aliases }: GuestFirewall, parameters: Parameters): void {
  const name = nameOf(parameters);
  if (aliases.has(name.toLowerCase())) throw invalid({ name: `alias '${name}' already exists` });
  const comment = commentOf(parameters.text("comment"));
  aliases.set(name.toLowerCase(), { name, cidr: cidrOf(parameters), comment });
}

/** Without a comment the comment is gone. Reference: section 13, firewall */
function updateAlias(firewall: GuestFirewall, parameters: Parameters): void {
  const { aliases, aliasRows } = firewall;
  checkDigest(aliasRows, parameters.text("digest"));
  const before = firewall.alias(nameOf(parameters));
  const name = parameters.text("rename") ?? nameOf(parameters);
  const isRenamed = name.toLowerCase() !== before.name.toLowerCase();
  if (isRenamed && aliases.has(name.toLowerCase())) throw invalid({ name: `alias '${name}' already exists` });
  aliases.delete(before.name.toLowerCase());
  const comment = commentOf(parameters.text("comment"));
  aliases.set(name.toLowerCase(), { name, cidr: cidrOf(parameters), comment });
}
