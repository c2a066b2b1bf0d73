import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Recording, RecordedMember } from "@nixops4-resources/integration-driver/recording/recording";
import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { byDriver, member, recordingOf } from "./deployed.ts";
import { median } from "./measure.ts";
import { cleanEnvironment } from "./timed-run.ts";

const count = 100;

/** A hundred roles with a database each: by the driver, again without changes, and by one psql script; three rounds. */
export async function deployment(address: PostgresAddress, folder: string, say: (line: string) => void): Promise<void> {
  const rounds: { first: number; again: number; script: number }[] = [];
  for (const round of [0, 1, 2]) {
    const recording = rolesAndDatabases(address, `driven_${round}`, count);
    const { seconds: first } = await byDriver(recording, folder);
    const { seconds: again } = await byDriver(recording, folder);
    rounds.push({ first, again, script: rolesAndDatabasesByPsql(address, `scripted_${round}`, count) });
  }
  const of = (what: (round: (typeof rounds)[number]) => number): number => median(rounds.map(what));
  say(
    `\n${count} roles and ${count} databases: driver ${of(({ first }) => first).toFixed(1)} s, again with nothing to do ` +
      `${of(({ again }) => again).toFixed(1)} s, one psql script ${of(({ script }) => script).toFixed(1)} s`,
  );
  sayGoal(
    "driver / psql script",
    of(({ first, script }) => first / script),
    1,
    say,
  );
  sayGoal(
    "nothing to do / first apply",
    of(({ first, again }) => again / first),
    0.4,
    say,
  );
}

/** Says a ratio and whether it reaches the goal. */
export function sayGoal(what: string, ratio: number, limit: number, say: (line: string) => void): void {
  say(`  ${what}: ${ratio.toFixed(2)}   goal <= ${limit.toFixed(2)}${ratio <= limit ? "" : ", MISSED"}`);
}

export const role = (address: PostgresAddress, name: string): RecordedMember =>
  member("postgres", name, "role", { ...common(address), name, login: true });

/** A database that belongs to the role of its name. */
export const databaseOf = (address: PostgresAddress, name: string, owner = name): RecordedMember =>
  member("postgres", `database_${name}`, "database", { ...common(address), name, owner });

/** Creates roles by one psql script. Returns its duration in seconds. */
export const rolesByPsql = (address: PostgresAddress, prefix: string, number: number): number =>
  psql(address, Array.from({ length: number }, (_, index) => `create role ${prefix}_${index} login;`).join("\n"));

/** Creates roles with a database each by one psql script. Returns its duration in seconds. */
export const rolesAndDatabasesByPsql = (address: PostgresAddress, prefix: string, number: number): number =>
  psql(address, statements(prefix, number));

/** Roles with a database each, as a deployment of the driver. */
export function rolesAndDatabases(address: PostgresAddress, prefix: string, number: number): Recording {
  const names = Array.from({ length: number }, (_, index) => `${prefix}_${index}`);
  return recordingOf(
    names.flatMap((name) => [role(address, name), databaseOf(address, name, gapOf(name))]),
    Object.fromEntries(names.map((name) => [gapOf(name), { member: [name], output: "name", kind: "text" }])),
  );
}

const common = ({ host, port, user, passwordFile }: PostgresAddress) => ({
  connection: { host, port, user, password: { file: passwordFile } },
  managedBy: "bench",
});

const gapOf = (name: string): string => `gap-of-${name}-`;

const statements = (prefix: string, number: number): string =>
  Array.from(
    { length: number },
    (_, index) =>
      `create role ${prefix}_${index} login; create database ${prefix}_${index} template template0 owner ${prefix}_${index};`,
  ).join("\n");

/** Runs a script in one session of psql. Returns its duration in seconds. */
export function psql({ host, port, user, passwordFile }: PostgresAddress, script: string): number {
  const started = performance.now();
  const options = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", host, "-p", String(port), "-U", user, "-d", "postgres"];
  const { status, stderr, error } = spawnSync("psql", options, {
    input: script,
    encoding: "utf8",
    env: { ...cleanEnvironment(), PGPASSWORD: readFileSync(passwordFile, "utf8") },
  });
  if (status !== 0) throw new Error(`psql failed: ${error?.message ?? stderr.slice(-2000)}`);
  return (performance.now() - started) / 1000;
}
