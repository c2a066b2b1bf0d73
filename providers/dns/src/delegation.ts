import { DnsClient, textOf as valueText, TransportError, type ResourceRecord } from "@nixops4-resources/dns-client";
import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { DnsReader } from "./client.ts";
import { addressOf, endpoint } from "./endpoint.ts";
import { failure } from "./failure.ts";
import { textOf } from "./name.ts";

/** The input that turns the check on. */
export const parentServer = option(
  z.nullable(
    z.lazy(() =>
      z.strictObject(endpoint("A name server of the zone's parent, such as `a.gtld-servers.net` for a zone in com.")),
    ),
  ),
  "Server that is asked, without a signature, whom the parent delegates the zone to; null does not ask. It decides the output `delegation` only.",
  null,
);

/** The output. */
export const delegation = option(
  z.nullable(
    z.lazy(() =>
      z.strictObject({
        parentSays: option(z.array(z.string()), "Name servers that the parent delegates to."),
        zoneSays: option(z.array(z.string()), "Name servers that the zone has, which the parent should say too."),
        parentDs: option(z.array(z.string()), "DS records that the parent has."),
        zoneDs: option(
          z.array(z.string()),
          "DS records that the zone asks for by its CDS records, which the parent should have.",
        ),
        toDo: option(
          z.nullable(z.string()),
          "What is to be done at the registrar, or with the parent; null where nothing is.",
        ),
      }),
    ),
  ),
  "The zone as its parent sees it; null where `parentServer` is null.",
);

export type Delegation = z.output<typeof delegation>;

/** Types of DNSKEY and CDS records (RFC 4034 and RFC 7344). */
const dnskey = "TYPE48";
const cds = "TYPE59";

export async function checkDelegation(
  client: DnsReader,
  zone: string,
  server: { host: string; port: number } | null,
): Promise<Delegation> {
  if (server === null) return null;
  const [nameServers, wantedDs, keys] = await client.look(zone, [
    { name: zone, type: "NS" },
    { name: zone, type: cds },
    { name: zone, type: dnskey },
  ]);
  const parent = await askParent(server, zone);
  const found = {
    parentSays: parent.nameServers.map(textOf),
    zoneSays: (nameServers?.values ?? []).map(textOf),
    parentDs: parent.ds,
    zoneDs: (wantedDs?.values ?? []).map(asDs),
  };
  return { ...found, toDo: whatToDo(zone, found, (keys?.values ?? []).length > 0) };
}

/** CDS records have the fields of DS records (RFC 7344, section 3.1). */
const asDs = (generic: string): string => valueText("DS", Buffer.from(generic.split(" ").slice(2).join(""), "hex"));

function whatToDo(zone: string, found: Omit<NonNullable<Delegation>, "toDo">, isSigned: boolean): string | null {
  const { parentSays, zoneSays, parentDs, zoneDs } = found;
  const steps = [
    ...(isEqual(parentSays, zoneSays)
      ? []
      : [
          `set the name servers to ${zoneSays.join(", ")}${parentSays.length === 0 ? "" : ` in place of ${parentSays.join(", ")}`}`,
        ]),
    ...(zoneDs.length > 0 && !isEqual(parentDs, zoneDs) ? [`set the DS records to ${zoneDs.join("; ")}`] : []),
    ...(parentDs.length > 0 && !isSigned
      ? ["remove the DS records: the zone is not signed, and resolvers that validate refuse it"]
      : []),
  ];
  return steps.length === 0 ? null : `At the registrar of ${textOf(zone)}: ${steps.join("; ")}.`;
}

const isEqual = (one: readonly string[], other: readonly string[]): boolean =>
  one.toSorted().join("\n") === other.toSorted().join("\n");

async function askParent(
  { host, port }: { host: string; port: number },
  zone: string,
): Promise<{ nameServers: string[]; ds: string[] }> {
  using server = new DnsClient({ host, port });
  try {
    const [referral, ds] = await server.queryAll([
      { name: zone, type: "NS" },
      { name: zone, type: "DS" },
    ]);
    const at = (records: readonly ResourceRecord[] = [], type = ""): string[] =>
      records
        .filter((record) => record.name === zone && record.type === type)
        .map(({ rdata }) => valueText(type, rdata));
    return { nameServers: at(referral?.authorities, "NS").sort(), ds: at(ds?.answers, "DS").sort() };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    throw failure(
      `\`parentServer\` ${addressOf({ host, port })} does not answer: ${error.message}`,
      "dns.server.unreachable",
      "Name a server of the parent zone that answers on TCP, or null",
      error,
    );
  }
}
