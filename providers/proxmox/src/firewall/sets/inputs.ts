import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { cardSlot } from "../../vm/network/inputs.ts";
import { networkIn, networkKey } from "../network.ts";
import { words } from "../rules/inputs.ts";

/** Begins the names of our own sets: the mark, and sets that are being filled. */
export const ownPrefix = "nixops4";

/** Proxmox filters the packets that a card sends by the set of this name. */
export const spoofingPrefix = "ipfilter-";

const setName = z.string().check(
  z.regex(/^[a-z][a-z0-9_-]{1,63}$/),
  z.refine(
    (name) => !name.startsWith(ownPrefix) && !name.startsWith(spoofingPrefix),
    "a name that begins with neither `nixops4` nor `ipfilter-`, for which there is `antiSpoofing`",
  ),
);

/** Proxmox cuts host bits off, so that another network would be in effect than the declared one. */
const network = z
  .string()
  .check(
    z.refine((text) => networkIn(text) !== undefined, "an address, or a network without host bits: `192.0.2.0/28`"),
  );

const areUnique = (all: readonly string[]): boolean => new Set(all.map(networkKey)).size === all.length;

const entry = z.strictObject({
  cidr: option(
    z
      .string()
      .check(
        z.refine(
          (text) => networkIn(text) !== undefined || /^((dc|guest)\/)?[A-Za-z][A-Za-z0-9_-]+$/.test(text),
          "an address, a network without host bits, or an alias",
        ),
      ),
    "Address, network or alias.",
  ),
  nomatch: option(
    z.boolean(),
    "Whether the set does not contain it, although a larger network of the set does.",
    false,
  ),
  comment: option(words, "Comment, which is one line. Null means none.", null),
});

export type EntryInputs = z.output<typeof entry>;

export const ipsets = option(
  z.record(
    setName,
    z.array(entry).check(z.refine((all) => areUnique(all.map(({ cidr }) => cidr)), "entries that differ")),
  ),
  "IP sets by name, in lower case. A rule refers to one by `+NAME`. Other sets of the VM are kept.",
  {},
);

export const antiSpoofing = option(
  z.record(cardSlot, z.array(network).check(z.refine(areUnique, "addresses that differ"))),
  "Addresses and networks from which the VM may send, by the slot of the card; a card without an entry may use any. Name addresses of both versions of IP: of a version without one, only the link-local address of IPv6 and DHCP are left. Proxmox keeps them in the IP set `ipfilter-SLOT`.",
  {},
);

/** The contents of all declared sets, by the name of the set. */
export const declaredSets = (want: {
  readonly ipsets: Readonly<Record<string, readonly EntryInputs[]>>;
  readonly antiSpoofing: Readonly<Record<string, readonly string[]>>;
}): ReadonlyMap<string, readonly EntryInputs[]> =>
  new Map([
    ...Object.entries(want.ipsets),
    ...Object.entries(want.antiSpoofing).map(
      ([slot, addresses]) =>
        [
          `${spoofingPrefix}${slot}`,
          addresses.map((cidr): EntryInputs => ({ cidr, nomatch: false, comment: null })),
        ] as const,
    ),
  ]);
