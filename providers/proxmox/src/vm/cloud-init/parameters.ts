import { createHash } from "node:crypto";
import type { GuestConfig } from "../config/guest-config.ts";
import { formatProperties, parseProperties } from "../config/property-string.ts";
import type { Settings } from "../config/settings.ts";
import { cloudInitDriveIn } from "../disks/drive.ts";
import { cardsIn } from "../network/card.ts";
import type { Addresses, CloudInit } from "./inputs.ts";

/** The slot of the drive that a create makes. */
export const driveSlot = "ide2";

const ipconfigOf = (slot: string): string => slot.replace("net", "ipconfig");

/** Properties that cloud-init uses, without its drive. */
export function cloudInitParameters({ user, sshKeys, addresses, dns }: CloudInit): Record<string, string | number> {
  return {
    ciupgrade: 0,
    ...(user !== null && { ciuser: user }),
    ...(sshKeys.length > 0 && { sshkeys: encodeURIComponent(sshKeys.join("\n")) }),
    nameserver: dns.servers.join(" "),
    searchdomain: dns.searchDomain,
    ...Object.fromEntries(Object.entries(addresses).map(([slot, one]) => [ipconfigOf(slot), addressText(one)])),
  };
}

function addressText({ ipv4, gateway4, ipv6, gateway6 }: Addresses): string {
  const parts: [string, string | undefined][] = [
    ["ip", ipv4 ?? undefined],
    ["gw", gateway4 ?? undefined],
    ["ip6", ipv6 ?? undefined],
    ["gw6", gateway6 ?? undefined],
  ];
  return formatProperties(parts, "");
}

const keys = /^(ciuser|sshkeys|nameserver|searchdomain|ipconfig[0-9]+|ciupgrade)$/;

/** Properties that change cloud-init in place. */
export function cloudInitChanges(wanted: CloudInit, config: GuestConfig): Settings {
  const set = cloudInitParameters(wanted);
  return { set, remove: config.matching(keys).flatMap(([key]) => (key in set ? [] : [key])) };
}

/** Cloud-init in the shape of the inputs. The storage of its drive counts only when the drive is made. */
export function seenCloudInit(wanted: CloudInit | null, config: GuestConfig): CloudInit | null {
  if (wanted === null) return null;
  const ipconfigs = config.matching(/^ipconfig[0-9]+$/);
  const seen = ipconfigs.map(([key, text]): [string, Addresses] => [key.replace("ipconfig", "net"), addressesIn(text)]);
  return {
    storage: cloudInitDriveIn(config) === undefined ? "" : wanted.storage,
    user: config.get("ciuser") ?? null,
    sshKeys: keysIn(config.get("sshkeys")),
    addresses: Object.fromEntries(seen),
    dns: {
      servers: (config.get("nameserver") ?? "").split(/[ ,;]+/).filter((one) => one !== ""),
      searchDomain: config.get("searchdomain") ?? "",
    },
  };
}

function addressesIn(text: string): Addresses {
  const parts = parseProperties(text, "");
  const valueOf = (key: string): string | null => parts.get(key) ?? null;
  return { ipv4: valueOf("ip"), gateway4: valueOf("gw"), ipv6: valueOf("ip6"), gateway6: valueOf("gw6") };
}

function keysIn(encoded: string | undefined): string[] {
  if (encoded === undefined) return [];
  let text = encoded;
  try {
    text = decodeURIComponent(encoded);
  } catch {
    // Not encoded, so not written by us; it differs from every wanted text.
  }
  return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
}

/**
 * Stands for the instance id, and changes together with it: Proxmox computes the id from user data and network data. The
 * node's resolv.conf has no part in it, since name servers and search domain are always set.
 */
export function instanceOf(config: GuestConfig): string {
  const cards = cardsIn(config);
  const addressed = config.matching(/^ipconfig[0-9]+$/).toSorted(([one], [other]) => one.localeCompare(other));
  const macs = addressed.map(([key]) => cards.get(key.replace("ipconfig", "net"))?.mac ?? "");
  const others = ["name", "ciuser", "sshkeys", "cipassword", "ciupgrade", "nameserver", "searchdomain", "cicustom"];
  const text = JSON.stringify([others.map((key) => config.get(key)?.trimEnd() ?? null), addressed, macs]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
