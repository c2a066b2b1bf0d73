import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { startBind } from "@nixops4-resources/integration-servers/dns/bind";
import { transferZone } from "@nixops4-resources/integration-servers/dns/dig";
import type { DnsAddress } from "@nixops4-resources/integration-servers/dns/server";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import { measure, median, type Case } from "./measure.ts";
import { timedRun } from "./timed-run.ts";

const zone = "example.test";
const count = 200;
const main = join(import.meta.dirname, "../../providers/dns/dist/main.cjs");
const argv = [process.execPath, main];

/** The cost of records: one alone, many in one update, and many concurrent processes compared with `nsupdate`. */
export async function nameServers(floor: Case, rounds: number, say: (line: string) => void): Promise<void> {
  await using bind = await startBind();
  await using knot = await startKnot();
  const results = measure(
    [
      floor,
      {
        name: "rrset: create (BIND)",
        argv,
        request: (start) => rrset(bind.address, `one-${start}`),
        limit: 2.4,
      },
      { name: "rrset: unchanged (BIND)", argv, request: () => rrset(bind.address, "one-0"), limit: 2.4 },
    ],
    rounds,
  );
  for (const { name, cpuMs, ratio, limit } of results) {
    const goal = limit === undefined ? "" : `   goal <= ${limit.toFixed(2)} F${ratio <= limit ? "" : ", MISSED"}`;
    say(`${name.padEnd(54)} ${cpuMs.toFixed(1).padStart(7)} ms ${ratio.toFixed(2).padStart(6)} F${goal}`);
  }
  for (const [name, { address }] of Object.entries({ BIND: bind, Knot: knot })) {
    const { wallMs, failures } = timedRun({ argv, requests: [records(address)], atOnce: false });
    if (failures[0] !== undefined) throw new Error(failures[0]);
    say(`${count} record sets as one \`records\` on ${name}: one process, one update, ${(wallMs / 1000).toFixed(2)} s`);
  }
  await crowd(knot.address, say);
}

async function crowd(knot: DnsAddress, say: (line: string) => void): Promise<void> {
  const rounds = [0, 1, 2].map((round) => {
    const requests = Array.from({ length: count }, (_, start) => rrset(knot, `crowd-${round}-${start}`));
    const ours = timedRun({ argv, requests, atOnce: true });
    if (ours.failures[0] !== undefined) throw new Error(`${ours.failures.length} failed: ${ours.failures[0]}`);
    return ours.wallMs / nsupdates(knot, round);
  });
  const stored = await transferZone(knot, knot.keys.sha256, zone);
  const made = stored.filter((record) => record.startsWith("crowd-")).length;
  if (made !== 3 * count) throw new Error(`${made} of ${3 * count} records exist.`);
  say(
    `${count} \`rrset\` at once against Knot, none failed: ${median(rounds).toFixed(2)} times as long as ${count} nsupdate at once that do the same`,
  );
}

/** The same by nsupdate: a prerequisite, the record and its mark, one process each, all concurrent. */
function nsupdates(knot: DnsAddress, round: number): number {
  const script = (start: number): string =>
    [
      `server ${knot.host} ${knot.port}`,
      `zone ${zone}`,
      `prereq nxrrset by-hand-${round}-${start}.${zone} A`,
      `update add by-hand-${round}-${start}.${zone} 300 A 192.0.2.1`,
      `update add _nixops4-a.by-hand-${round}-${start}.${zone} 300 TXT "mark"`,
      "send",
      "",
    ].join("\n");
  const lines = Array.from({ length: count }, (_, start) => `nsupdate -v -k "$0" <<'E' &\n${script(start)}E`);
  const started = performance.now();
  const { status, stderr } = spawnSync("bash", ["-c", `${lines.join("\n")}\nwait`, knot.keys.sha256.keyFile], {
    encoding: "utf8",
  });
  if (status !== 0 || stderr !== "") throw new Error(`nsupdate failed: ${stderr}`);
  return performance.now() - started;
}

const settings = ({ host, port, keys: { sha256 } }: DnsAddress): object => ({
  rfc2136: {
    host,
    port,
    tsig: { name: sha256.name, algorithm: sha256.algorithm, secret: { file: sha256.secretFile } },
  },
});

const rrset = (address: DnsAddress, name: string): object =>
  create("rrset", { connection: settings(address), name: `${name}.${zone}`, type: "A", values: ["192.0.2.1"] });

const records = (address: DnsAddress): object =>
  create("records", {
    connection: settings(address),
    zone,
    name: "many",
    rrsets: Array.from({ length: count }, (_, index) => ({
      name: `many-${index}.${zone}`,
      type: "A",
      values: ["192.0.2.1"],
    })),
  });

const create = (type: string, inputs: object): object => ({
  createResourceRequest: { type, inputProperties: { ...inputs, managedBy: "bench" }, isStateful: false },
});
