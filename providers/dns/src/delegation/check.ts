import { DnsClient, textOf as valueText, TransportError, type ResourceRecord } from "@nixops4-resources/dns-client";
import type { DnsReader } from "../client.ts";
import type { Delegation } from "./delegation.ts";
import { addressOf } from "../endpoint.ts";
import { failure } from "../failure.ts";
import { textOf } from "../name.ts";

type Found = NonNullable<Delegation>;

/** Asks the parent's server and the zone's own backend. */
export async function checkDelegation(
  client: DnsReader,
  zone: string,
  server: { host: string; port: number },
): Promise<Found> {
  const [nameServers] = await client.look(zone, [{ name: zone, type: "NS" }]);
  const zoneDs = await client.backend.dsFor(zone);
  const parent = await askParent(server, zone);
  const zoneSays = (nameServers?.values ?? []).map(textOf);
  const parentSays = parent.nameServers.map(textOf);
  const steps = [...nameServersToSet(parentSays, zoneSays), ...dsToSet(parent.ds, zoneDs)];
  return {
    parentSays,
    zoneSays,
    parentDs: parent.ds,
    zoneDs: [...(zoneDs ?? [])],
    toDo: steps.length === 0 ? null : `At the registrar of ${textOf(zone)}: ${steps.join("; ")}.`,
  };
}

function nameServersToSet(parentSays: readonly string[], zoneSays: readonly string[]): string[] {
  // A hosting service may keep them to itself.
  if (zoneSays.length === 0 || parentSays.toSorted().join() === zoneSays.toSorted().join()) return [];
  const former = parentSays.length === 0 ? "" : ` in place of ${parentSays.join(", ")}`;
  return [`set the name servers to ${zoneSays.join(", ")}${former}`];
}

/** Undefined, where the backend cannot tell whether the zone is signed, is no reason to do anything. */
function dsToSet(parentDs: readonly string[], zoneDs: readonly string[] | undefined): string[] {
  if (zoneDs === undefined) return [];
  if (zoneDs.length === 0) {
    return parentDs.length === 0
      ? []
      : ["remove the DS records: the zone has no keys for them, and resolvers that validate refuse it"];
  }
  const isEachKnown = parentDs.every((record) => zoneDs.includes(record));
  const isEachKeyThere = zoneDs.every((record) => parentDs.some((one) => keyOf(one) === keyOf(record)));
  return isEachKnown && isEachKeyThere ? [] : [`set the DS records to ${zoneDs.join("; ")}`];
}

/** Tag and algorithm of a DS record's key. */
const keyOf = (ds: string): string => ds.split(" ", 2).join(" ");

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
    if (refusal !== undefined) throw noAnswer({ host, port }, `${refusal.rcode} for ${textOf(zone)}`);
    const [referral, ds] = answers;
    const at = (records: readonly ResourceRecord[] = [], type = ""): string[] =>
      records
        .filter((record) => record.name === zone && record.type === type)
        .map(({ rdata }) => valueText(type, rdata));
    // Where the parent's server has the zone too, it answers for the zone instead of referring to its servers.
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
    "Name a server of the parent zone that answers on TCP, or null",
    cause,
  );
