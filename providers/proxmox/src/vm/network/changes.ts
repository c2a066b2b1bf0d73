import { isEqualJson } from "@nixops4-resources/protocol-core";
import type { GuestConfig } from "../config/guest-config.ts";
import type { Settings } from "../config/settings.ts";
import { Identity } from "../identity/identity.ts";
import type { Want } from "../inputs.ts";
import { cardsIn, cardText, seenCard } from "./card.ts";

/** Cards that are new or differ, and those that are no longer declared. */
export function cardChanges(want: Want, config: GuestConfig): Settings {
  const identity = new Identity(want);
  const cards = cardsIn(config);
  const set: Record<string, string> = {};
  for (const [slot, wanted] of Object.entries(want.nics)) {
    const card = cards.get(slot);
    if (card !== undefined && isEqualJson(seenCard(card, wanted), wanted)) continue;
    set[slot] = cardText(wanted, card, identity.macOf(slot));
  }
  return { set, remove: [...cards.keys()].filter((slot) => want.nics[slot] === undefined) };
}
