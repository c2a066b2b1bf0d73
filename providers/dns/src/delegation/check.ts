import { DnsClient, rdataToText, TransportError, type ResourceRecord } from "@nixops4-resources/dns-client";
import type { DnsReader } from "../client.ts";
import { addressOf } from "../endpoint.ts";
import { failure } from "../failure.ts";
import { displayName } from "../name.ts";
import type { Delegation } from "./inputs.ts";

type Found = NonNullable<Delegation>;

/** Queries the parent zone's server and the zone's own backend, and compares their answers. */
export async function checkDelegation(
  client: DnsReader,
  zone: string,
  server: { host: string; port: number },
): Promise<Found> {
  const [nameServers] = await client.look(zone, [{ name: zone, type: "NS" }]);
  const zoneDs = await client.backend.dsFor(zone);
  const parent = await askParent(server, zone);
  const zoneSays = (nameServers?.values ?? []).map(displayName);
  const parentSays = parent.nameServers.map(displayName);
  const steps = [...nameServersToSet(parentSays, zoneSays), ...dsToSet(parent.ds, zoneDs)];
  return {
    parentSays,
    zoneSays,
    parentDs: parent.ds,
    zoneDs: [...(zoneDs ?? [])],
    toDo: steps.length === 0 ? null : `At the registrar of ${displayName(zone)}: ${steps.join("; ")}.`,
  };
}

function nameServersToSet(parentSays: readonly string[], zoneSays: readonly string[]): string[] {
  // A hosting service may not show the zone's NS records.
  if (zoneSays.length === 0 || parentSays.toSorted().join() === zoneSays.toSorted().join()) return [];
  const former = parentSays.length === 0 ? "" : ` instead of ${parentSays.join(", ")}`;
  return [`set the name servers to ${zoneSays.join(", ")}${former}`];
}

/** `zoneDs` is undefined if the backend cannot tell whether the zone is signed; then there is nothing to recommend. */
function dsToSet(parentDs: readonly string[], zoneDs: readonly string[] | undefined): string[] {
  if (zoneDs === undefined) return [];
  if (zoneDs.length === 0) {
    return parentDs.length === 0
      ? []
      : ["remove the DS records: the zone has no keys for them, and validating resolvers reject it"];
  }
  const isEachKnown = parentDs.every((record) => zoneDs.includes(record));
  const isEachKeyPresent = zoneDs.every((record) => parentDs.some((one) => dnskeyOf(one) === dnskeyOf(record)));
  return isEachKnown && isEachKeyPresent ? [] : [`set the DS records to ${zoneDs.join("; ")}`];
}

/** Tag and algorithm of the key that a DS record refers to. */
const dnskeyOf = (ds: string): string => ds.split(" ", 2).join(" ");

async function askParent(
  { host, port }: { host: string; port: number },
  zone: string,
): Promise<{ nameServers: string[]; ds: string[] }> {
  using server = new DnsClient({ host, port });
  try {
    const answers = await server.queryAll([
      { name: zone, type: "NS" },
      { name: zone, type: "DS" },
    ]);
    const refusal = answers.find(({ rcode }) => rcode !== "NOERROR" && rcode !== "NXDOMAIN");
    if (refusal !== undefined) throw noAnswer({ host, port }, `${refusal.rcode} for ${displayName(zone)}`);
    const [referral, ds] = answers;
    const at = (records: readonly ResourceRecord[] = [], type = ""): string[] =>
      records
        .filter((record) => record.name === zone && record.type === type)
        .map(({ rdata }) => rdataToText(type, rdata));
    // If the parent's server also serves the zone, it answers from the zone instead of sending a referral.
    const delegated = referral === undefined ? [] : [...referral.authorities, ...referral.answers];
    return { nameServers: at(delegated, "NS").sort(), ds: at(ds?.answers, "DS").sort() };
  } catch (error) {
    throw error instanceof TransportError ? noAnswer({ host, port }, error.message, error) : error;
  }
}

const noAnswer = (parent: { host: string; port: number }, why: string, cause?: Error): Error =>
  failure(
    `\`parentServer\` ${addressOf(parent)} does not answer: ${why}`,
    "dns.server.unreachable",
    "Set `parentServer` to a server of the parent zone that answers on TCP, or to null",
    cause,
  );
