import { currentSignal, waitFor, type ProviderError } from "@nixops4-resources/protocol-core";
import { failure } from "../../api/failure.ts";
import type { ProxmoxReader } from "../../api/reader.ts";
import { ProxmoxWriter } from "../../api/writer.ts";
import type { Found } from "../identity/find.ts";
import type { Outputs, Want } from "../inputs.ts";
import { cardsIn, type Card } from "../network/card.ts";
import type { PowerState } from "../power/power.ts";
import { askAddresses, askFile, type GuestAddress } from "./ask.ts";
import type { Guest } from "./inputs.ts";

export type GuestFacts = Pick<Outputs, "ipv4" | "ipv6" | "sshHostKeys">;

type Family = "ipv4" | "ipv6";

const keyFiles = ["ed25519", "ecdsa", "rsa"].map((kind) => `/etc/ssh/ssh_host_${kind}_key.pub`);

/**
 * Addresses and host keys of the guest. A request that writes waits for them until the guest has had its time since the
 * boot; one that only looks asks once, and a destroy does not ask.
 */
export async function guestFacts(
  client: ProxmoxReader,
  want: Want,
  found: Found,
  { isRunning, uptimeSeconds }: PowerState,
): Promise<GuestFacts> {
  const known = staticAddresses(want);
  const { guest } = want;
  if (guest === null || !want.agent || !isRunning || !client.needsSecrets) return { ...known, sshHostKeys: [] };
  const left = client instanceof ProxmoxWriter ? guest.timeoutSeconds - uptimeSeconds : 0;
  const cards = [...cardsIn(found.config).values()].filter(({ slot }) => want.nics[slot] !== undefined);
  let said = await ask(client, guest, found, cards, known);
  if (said.missing.length > 0 && left > 0) {
    said = await waitFor(
      () => `the guest agent of VM ${found.vmid} to tell ${said.missing.join(", ")}`,
      async () => {
        const { setTimeout: pause } = await import("node:timers/promises");
        const end = performance.now() + left * 1000;
        for (
          let waitMs = 500;
          said.missing.length > 0 && performance.now() < end;
          waitMs = Math.min(waitMs * 2, 5000)
        ) {
          await pause(Math.min(waitMs, Math.max(end - performance.now(), 1)), undefined, { signal: currentSignal() });
          said = await ask(client, guest, found, cards, known, said.keys);
        }
        return said;
      },
    );
  }
  if (said.missing.length > 0 && client instanceof ProxmoxWriter) {
    client.warn(`the guest agent of VM ${found.vmid} (${said.state}) does not tell ${said.missing.join(", ")}`);
  }
  return {
    ipv4: { ...known.ipv4, ...addressesOf("ipv4", cards, said.addresses) },
    ipv6: { ...known.ipv6, ...addressesOf("ipv6", cards, said.addresses) },
    sshHostKeys: said.keys,
  };
}

/** What the agent said, and what the inputs ask for in addition. */
interface Said {
  readonly addresses: readonly GuestAddress[];
  readonly keys: string[];
  readonly missing: readonly string[];
  readonly state: string;
}

async function ask(
  client: ProxmoxReader,
  guest: Guest,
  place: Found,
  cards: readonly Card[],
  known: Pick<Outputs, Family>,
  before: readonly string[] = [],
): Promise<Said> {
  const answer = await askAddresses(client, place);
  const addresses = "value" in answer ? answer.value : [];
  const isThere = ({ slot, mac }: Card, family: Family): boolean =>
    known[family][slot] !== undefined || addresses.some((one) => one.mac === mac && one.family === family);
  const missing = cards.flatMap((card) =>
    guest.addresses.filter((family) => !isThere(card, family)).map((family) => `${family} of ${card.slot}`),
  );
  if ("silence" in answer) return { addresses, keys: [], missing: withKeys(guest, missing), state: answer.silence };
  const keys = guest.sshHostKeys ? await askKeys(client, place) : [];
  return { addresses, keys, missing: isComplete(keys, before) ? missing : withKeys(guest, missing), state: "running" };
}

/** A guest that boots for the first time creates its keys one by one, and that of Ed25519 last. */
const isComplete = (keys: readonly string[], before: readonly string[]): boolean =>
  keys.some((key) => key.startsWith("ssh-ed25519 ")) || (keys.length > 0 && keys.length === before.length);

const withKeys = ({ sshHostKeys }: Guest, missing: readonly string[]): string[] => [
  ...missing,
  ...(sshHostKeys ? ["SSH host keys"] : []),
];

/** Type and key, without the comment. */
async function askKeys(client: ProxmoxReader, place: Found): Promise<string[]> {
  const keys: string[] = [];
  for (const file of keyFiles) {
    const answer = await askFile(client, place, file);
    const [, key] = /^([a-z0-9@.-]+ [A-Za-z0-9+/=]+)( |$)/m.exec("value" in answer ? (answer.value ?? "") : "") ?? [];
    if (key !== undefined) keys.push(key);
  }
  return keys;
}

/** Addresses by card; those of cards without any are left to the settings of cloud-init. */
function addressesOf(family: Family, cards: readonly Card[], addresses: readonly GuestAddress[]): Outputs[Family] {
  const found = cards.map(({ slot, mac }): [string, string[]] => [
    slot,
    addresses.filter((one) => one.mac === mac && one.family === family).map(({ address }) => address),
  ]);
  return Object.fromEntries(found.filter(([, some]) => some.length > 0));
}

/** The addresses that cloud-init sets, without prefix. */
function staticAddresses({ cloudInit }: Want): Pick<Outputs, Family> {
  const addresses = Object.entries(cloudInit?.addresses ?? {});
  const ofFamily = (family: Family): Outputs[Family] =>
    Object.fromEntries(
      addresses.flatMap(([slot, { [family]: address }]) =>
        address?.includes("/") === true ? [[slot, [address.replace(/\/.*/, "")]]] : [],
      ),
    );
  return { ipv4: ofFamily("ipv4"), ipv6: ofFamily("ipv6") };
}

/** Why the guest can never tell what the inputs ask for. */
export const refuseGuest = ({ guest, agent }: Want): ProviderError | undefined =>
  guest === null || agent
    ? undefined
    : failure(
        "`guest` asks the agent of the VM, and `agent` is false",
        "proxmox.vm.agentMissing",
        "Set `agent = true`, or remove `guest`",
      );
