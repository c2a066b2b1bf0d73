import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import type { TsigKey } from "./keys.ts";
import type { DnsAddress } from "./server.ts";
import { ServerUnavailable } from "../server-unavailable.ts";
import { testZones } from "./zones.ts";

const run = promisify(execFile);
type Reached = Pick<DnsAddress, "host" | "port">;

/**
 * The short output of BIND's `dig`, a line per record: `await dig(server, "www.example.test", "A")`. Several questions
 * are `NAME TYPE NAME TYPE ...`. Throws if the server does not answer.
 */
export async function dig(server: Reached, ...question: readonly string[]): Promise<string[]> {
  return lines(await ask(server, ["+short", ...question]));
}

/** All records of a zone by AXFR, each `name ttl class type data`, in a stable order and without the SOA record. */
export async function transferZone(server: Reached, key: TsigKey, zone: string): Promise<string[]> {
  const records = await answer(server, "-k", key.keyFile, "+onesoa", zone, "AXFR");
  if (!records.some(isSoa)) throw new Error(`${zone} was not transferred: ${records.join("\n")}`);
  return records.filter((record) => !isSoa(record)).sort();
}

/** The serial number of each served zone: equal numbers mean that no record changed in between. */
export async function serials(server: Reached): Promise<Record<string, number>> {
  const records = await answer(server, ...testZones.flatMap(({ name }) => [name, "SOA"]));
  return Object.fromEntries(
    records.filter(isSoa).map((record) => {
      const [zone = "", , , , , , serial] = record.split(" ");
      return [zone, Number(serial)];
    }),
  );
}

/** Whether the server has loaded all test zones. */
export async function servesTestZones(server: Reached): Promise<boolean> {
  try {
    return Object.keys(await serials(server)).length === testZones.length;
  } catch (error) {
    if (error instanceof ServerUnavailable) throw error;
    return false;
  }
}

/** Records as `name ttl class type data`. */
async function answer(server: Reached, ...question: readonly string[]): Promise<string[]> {
  const records = lines(await ask(server, ["+noall", "+answer", ...question]));
  return records.map((record) => record.replaceAll(/[\t ]+/g, " "));
}

const isSoa = (record: string): boolean => record.split(" ")[3] === "SOA";

async function ask({ host, port }: Reached, question: readonly string[]): Promise<string> {
  if (!existsSync("/usr/bin/dig"))
    throw new ServerUnavailable("dig is not installed (Debian's package is bind9-dnsutils)");
  const options = ["+tcp", "+time=5", "+tries=1", "+nosplit"];
  const { stdout } = await run("dig", ["-r", `@${host}`, "-p", String(port), ...options, ...question]);
  return stdout;
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "" && !line.startsWith(";"));
