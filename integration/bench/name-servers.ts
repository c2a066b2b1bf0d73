import { spawnSync } from "node:child_process";
import type { RecordedMember } from "@nixops4-resources/integration-driver/recording/recording";
import { startBind } from "@nixops4-resources/integration-servers/dns/bind";
import { transferZone } from "@nixops4-resources/integration-servers/dns/dig";
import type { DnsAddress } from "@nixops4-resources/integration-servers/dns/server";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import { byDriver, mainOf, member, recordingOf } from "./deployed.ts";
import { sayGoal } from "./deployment.ts";
import { measure, median, type Case } from "./measure.ts";
import { timedRun } from "./timed-run.ts";

const zone = "example.test";
const count = 200;
const argv = [process.execPath, mainOf("dns")];

/** The cost of records: one alone, many in one update, and many concurrent processes compared with `nsupdate`. */
export async function nameServers(
  floor: Case,
  rounds: number,
  folder: string,
  say: (line: string) => void,
): Promise<void> {
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
  await crowd(knot.address, folder, say);
}

async function crowd(knot: DnsAddress, folder: string, say: (line: string) => void): Promise<void> {
  const rounds: { processes: number; driver: number }[] = [];
  for (const round of [0, 1, 2]) {
    const ours = timedRun({ argv, requests: recordsOf(knot, `crowd-${round}`), atOnce: true });
    if (ours.failures[0] !== undefined) throw new Error(`${ours.failures.length} failed: ${ours.failures[0]}`);
    const driven = await byDriver(recordingOf(members(knot, `driven-${round}`)), folder);
    const peer = nsupdates(knot, round);
    rounds.push({ processes: ours.wallMs / peer, driver: (driven.seconds * 1000) / peer });
  }
  const stored = await transferZone(knot, knot.keys.sha256, zone);
  const made = stored.filter((record) => /^(crowd|driven)-/.test(record)).length;
  if (made !== 6 * count) throw new Error(`${made} of ${6 * count} records exist.`);
  say(`${count} \`rrset\` on Knot, none failed, beside ${count} nsupdate at once that do the same`);
  say(`  one process each / nsupdate: ${median(rounds.map(({ processes }) => processes)).toFixed(2)}`);
  sayGoal("driver / nsupdate", median(rounds.map(({ driver }) => driver)), 1, say);
}

/** The same by nsupdate: a prerequisite, the record and its mark, one process each, all concurrent. */
export function nsupdates(knot: DnsAddress, round: number): number {
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

const settings = ({ host, port, keys: { sha256 } }: DnsAddress) => ({
  rfc2136: {
    host,
    port,
    tsig: { name: sha256.name, algorithm: sha256.algorithm, secret: { file: sha256.secretFile } },
  },
});

const inputsOf = (address: DnsAddress, name: string) => ({
  connection: settings(address),
  name: `${name}.${zone}`,
  type: "A",
  values: ["192.0.2.1"],
});

/** Requests that create record sets, one each. */
export const recordsOf = (address: DnsAddress, prefix: string): object[] =>
  Array.from({ length: count }, (_, index) => rrset(address, `${prefix}-${index}`));

const rrset = (address: DnsAddress, name: string): object => create("rrset", inputsOf(address, name));

const members = (address: DnsAddress, prefix: string): RecordedMember[] =>
  Array.from({ length: count }, (_, index) =>
    member("dns", `${prefix}-${index}`, "rrset", {
      ...inputsOf(address, `${prefix}-${index}`),
      managedBy: "bench",
    }),
  );

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
