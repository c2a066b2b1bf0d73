import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { cardSlot } from "../../vm/network/inputs.ts";
import { logLevel } from "../options/log-level.ts";
import { isWords } from "../tag.ts";

const nullable = <T extends z.ZodMiniType>(type: T) => z.nullable(type);
const matching = (form: RegExp) => nullable(z.string().check(z.regex(form)));

/** One line for people. The file of the firewall has no place for more. */
export const words = nullable(
  z
    .string()
    .check(
      z.maxLength(500),
      z.refine(isWords, "one line without white space at its ends and without `[nixops4]` there"),
    ),
);

const addresses = /^[+0-9A-Za-z][0-9A-Za-z+.:/,_-]{0,511}$/;
const ports = /^[0-9A-Za-z][0-9A-Za-z,:_-]{0,254}$/;

const rule = z
  .strictObject({
    type: option(
      z.enum(["in", "out", "group"]),
      "Direction of the packets as the VM sees it: `in` or `out`. `group` inserts a security group of the cluster.",
      "in",
    ),
    action: option(
      z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9_-]{1,19}$/)),
      "`ACCEPT`, `DROP` or `REJECT`; for a `group`, the name of the security group.",
    ),
    macro: option(
      matching(/^[A-Za-z][A-Za-z0-9_-]{0,127}$/),
      "Macro of Proxmox that sets protocol and ports, such as `SSH`. Null means none.",
      null,
    ),
    proto: option(matching(/^[a-z0-9][a-z0-9-]*$/), "Protocol: `tcp`, `udp`, `icmp`. Null means all.", null),
    source: option(
      matching(addresses),
      "Source: addresses, networks or a range, an alias, or an IP set as `+NAME`. Null means all.",
      null,
    ),
    dest: option(matching(addresses), "Destination, in the same form. Null means all.", null),
    sport: option(
      matching(ports),
      "Source ports: `22`, `80,443`, `8000:8010`. They need `proto`. Null means all.",
      null,
    ),
    dport: option(matching(ports), "Destination ports, in the same form. Null means all.", null),
    iface: option(nullable(cardSlot), "Network card to which the rule applies: `net0`. Null means all cards.", null),
    icmpType: option(
      matching(/^[a-z0-9][a-z0-9/-]*$/),
      "Type of ICMP, such as `echo-request`. It needs `proto`. Null means all.",
      null,
    ),
    log: option(
      nullable(logLevel),
      "Level at which packets of the rule are logged. Null means that they are not.",
      null,
    ),
    comment: option(words, "Comment, which is one line. Null means none.", null),
    enable: option(z.boolean(), "Whether the rule is in effect.", true),
  })
  .check(
    z.refine(
      ({ type, action }) => type === "group" || ["ACCEPT", "DROP", "REJECT"].includes(action),
      "a rule whose `action` is ACCEPT, DROP or REJECT",
    ),
    z.refine(
      ({ type, macro, proto, source, dest, sport, dport, icmpType, log }) =>
        type !== "group" || [macro, proto, source, dest, sport, dport, icmpType, log].every((value) => value === null),
      "a `group` with no more than `iface`, `comment` and `enable`",
    ),
    z.refine(
      ({ proto, sport, dport, icmpType }) =>
        proto !== null || [sport, dport, icmpType].every((value) => value === null),
      "a rule in which `sport`, `dport` and `icmpType` come together with `proto`",
    ),
  );

export type Rule = z.output<typeof rule>;

export const rules = option(
  z.array(rule),
  "Rules in the order in which they apply. Rules of others stay in effect, in their own order, before, between or after these.",
  [],
);
