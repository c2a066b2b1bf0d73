import type { Values } from "./documents.ts";
import { parseCard } from "../qemu/values/card.ts";

/** The resolv.conf of every node, which guests without nameserver get. Reference: section 13, cloud-init */
const hostResolver = { nameservers: ["198.51.100.53"], search: "host.example" };

/** Version 1 of cloud-init's network configuration. Source: nocloud_network */
export function networkDocument(values: Values): string {
  const cards = [...values.keys()].filter((key) => /^net\d+$/.test(key)).sort();
  const lines = cards.flatMap((card) => {
    const id = card.slice("net".length);
    const ipConfig = values.get(`ipconfig${id}`);
    return ipConfig === undefined ? [] : cardLines(id, parseCard(values.get(card) ?? "").macaddr, partsOf(ipConfig));
  });
  return `${["version: 1", "config:", ...lines, ...resolverLines(values)].join("\n")}\n`;
}

const partsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split(",").map((part): [string, string] => {
      const [, key = "", value = ""] = /^([^=]+)=(.*)$/.exec(part) ?? [];
      return [key, value];
    }),
  );

function cardLines(id: string, mac: string, parts: ReadonlyMap<string, string>): string[] {
  return [
    "    - type: physical",
    `      name: eth${id}`,
    `      mac_address: '${mac.toLowerCase()}'`,
    "      subnets:",
    ...ipv4Lines(parts),
    ...ipv6Lines(parts),
  ];
}

function ipv4Lines(parts: ReadonlyMap<string, string>): string[] {
  const ip = parts.get("ip");
  if (ip === undefined) return [];
  if (ip === "dhcp") return ["      - type: dhcp4"];
  const [address = "", prefix = ""] = ip.split("/");
  const gateway = parts.get("gw");
  return [
    "      - type: static",
    `        address: '${address}'`,
    `        netmask: '${netmask(Number(prefix))}'`,
    ...(gateway === undefined ? [] : [`        gateway: '${gateway}'`]),
  ];
}

function ipv6Lines(parts: ReadonlyMap<string, string>): string[] {
  const ip = parts.get("ip6");
  if (ip === undefined) return [];
  if (ip === "dhcp") return ["      - type: dhcp6"];
  if (ip === "auto") return ["      - type: ipv6_slaac"];
  const gateway = parts.get("gw6");
  return [
    "      - type: static6",
    `        address: '${ip}'`,
    ...(gateway === undefined ? [] : [`        gateway: '${gateway}'`]),
  ];
}

function netmask(prefix: number): string {
  const bits = prefix === 0 ? 0 : (0xff_ff_ff_ff << (32 - prefix)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join(".");
}

const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

const quoted = (items: readonly string[]): string[] => items.map((item) => `      - '${item}'`);

function resolverLines(values: Values): string[] {
  const nameserver = values.get("nameserver");
  const nameservers = nameserver === undefined ? hostResolver.nameservers : wordsOf(nameserver);
  const search = wordsOf(values.get("searchdomain") ?? hostResolver.search);
  return [
    "    - type: nameserver",
    ...(nameservers.length === 0 ? [] : ["      address:", ...quoted(nameservers)]),
    ...(search.length === 0 ? [] : ["      search:", ...quoted(search)]),
  ];
}
