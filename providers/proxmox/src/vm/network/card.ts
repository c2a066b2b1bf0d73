// Network cards in the configuration: `virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=5`.
import type { GuestConfig } from "../config/guest-config.ts";
import { formatProperties, isOn, parseProperties, type Properties } from "../config/property-string.ts";
import type { CardInputs } from "./inputs.ts";

const models = ["virtio", "e1000", "e1000e", "rtl8139", "vmxnet3"] as const;

/** A card of the VM. */
export interface Card {
  readonly slot: string;
  readonly model: string;
  /** In upper case. */
  readonly mac: string;
  readonly properties: Properties;
}

const mac = /^[0-9A-F]{2}(:[0-9A-F]{2}){5}$/i;

export function cardsIn(config: GuestConfig): Map<string, Card> {
  return new Map(
    config.matching(/^net[0-9]+$/).map(([slot, text]) => {
      const properties = parseProperties(text, "model");
      const [model, address] = [...properties].find(([key, value]) => key !== "macaddr" && mac.test(value)) ?? [];
      return [
        slot,
        {
          slot,
          model: model ?? properties.get("model") ?? "virtio",
          mac: (address ?? properties.get("macaddr") ?? "").toUpperCase(),
          properties,
        },
      ];
    }),
  );
}

/** The card in the shape of the inputs; a MAC address that they leave out is not compared. */
export function seenCard(card: Card, wanted: CardInputs | undefined): CardInputs {
  const { properties } = card;
  const numberIn = (key: string): number | null => {
    const value = properties.get(key);
    return value === undefined ? null : Number(value);
  };
  return {
    bridge: properties.get("bridge") ?? "",
    model: models.find((one) => one === card.model) ?? "virtio",
    mac: wanted?.mac === null ? null : card.mac,
    vlan: numberIn("tag"),
    firewall: isOn(properties.get("firewall")),
    mtu: numberIn("mtu"),
    rate: numberIn("rate"),
  };
}

/**
 * The card as Proxmox takes it, with its MAC address: without one, Proxmox would make another. What the inputs do not have
 * stays.
 */
export function cardText(wanted: CardInputs, present: Card | undefined, newMac: string): string {
  const { bridge, model, vlan, firewall, mtu, rate } = wanted;
  const address = wanted.mac ?? present?.mac ?? newMac;
  const ours: [string, string | number | undefined][] = [
    ["bridge", bridge],
    ["firewall", firewall ? 1 : undefined],
    ["mtu", mtu ?? undefined],
    ["rate", rate ?? undefined],
    ["tag", vlan ?? undefined],
  ];
  const isOther = (key: string): boolean =>
    !["model", "macaddr", present?.model].includes(key) && !ours.some(([name]) => name === key);
  const others = [...(present?.properties ?? [])].filter(([key]) => isOther(key));
  return formatProperties([[model, address], ...ours, ...others], "");
}
