import { expect, test } from "vitest";
import { GuestConfig } from "../config/guest-config.ts";
import { cardsIn, cardText, seenCard } from "./card.ts";

const wanted = {
  bridge: "vmbr0",
  model: "virtio",
  mac: null,
  vlan: null,
  firewall: false,
  mtu: null,
  rate: null,
} as const;
const cards = cardsIn(
  new GuestConfig({
    net0: "e1000=bc:24:11:00:00:01,bridge=vmbr0,firewall=1,queues=2,rate=10.5,tag=7",
    net1: "virtio,bridge=vmbr1",
  }),
);

test("a card is read with its model and MAC address, whatever its case", () => {
  const [card] = cards.values();
  if (card === undefined) throw new Error("There is no card.");
  const seen = { bridge: "vmbr0", model: "e1000", vlan: 7, firewall: true, mtu: null, rate: 10.5 };
  expect(seenCard(card, wanted)).toEqual({ ...seen, mac: null });
  expect(seenCard(card, undefined)).toEqual({ ...seen, mac: "BC:24:11:00:00:01" });
});

test("a card is written with its MAC address and with what the inputs do not have", () => {
  expect(cardText({ ...wanted, vlan: 9 }, cards.get("net0"), "BC:24:11:00:00:09")).toBe(
    "virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=9,queues=2",
  );
  expect(cardText(wanted, undefined, "BC:24:11:00:00:09")).toBe("virtio=BC:24:11:00:00:09,bridge=vmbr0");
  expect(cardText({ ...wanted, mac: "02:00:00:00:00:01" }, cards.get("net0"), "")).toContain(
    "virtio=02:00:00:00:00:01,",
  );
});
