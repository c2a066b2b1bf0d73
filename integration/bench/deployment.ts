import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Recording, RecordedMember } from "@nixops4-resources/integration-driver/recording/recording";
import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { cleanEnvironment } from "./timed-run.ts";

const count = 100;
const driver = join(import.meta.dirname, "../driver/main.mjs");
const provider = join(import.meta.dirname, "../../providers/postgres/dist/main.cjs");

/** A hundred roles with a database each: by the driver, again without changes, and by one psql script. */
export function deployment(address: PostgresAddress, folder: string, say: (line: string) => void): void {
  const recording = join(folder, "deployment.json");
  writeFileSync(recording, JSON.stringify(record(address)));
  const apply = (): number => seconds(process.execPath, [driver, "apply", "--recording", recording], {});
  const first = apply();
  const again = apply();
  const password = readFileSync(address.passwordFile, "utf8");
  const login = ["-h", address.host, "-p", String(address.port), "-U", address.user, "-d", "postgres"];
  const options = ["-X", "-q", "-v", "ON_ERROR_STOP=1", ...login];
  const script = seconds("psql", options, { PGPASSWORD: password }, statements());
  say(
    `\n${count} roles and ${count} databases: driver ${first.toFixed(1)} s, again with nothing to do ${again.toFixed(1)} s, ` +
      `one psql script ${script.toFixed(1)} s: ${(first / script).toFixed(1)} and ${(again / script).toFixed(1)} times the script`,
  );
}

function record({ host, port, user, passwordFile }: PostgresAddress): Recording {
  const common = { connection: { host, port, user, password: { file: passwordFile } }, managedBy: "bench" };
  const how = { state: null, provider: { executable: process.execPath, args: [provider] } };
  const indexes = Array.from({ length: count }, (_, index) => index);
  return {
    _type: "nixops4-resources-recording",
    version: 2,
    gaps: Object.fromEntries(
      indexes.map((index) => [gapOf(index), { member: [`role_${index}`], output: "name", kind: "text" } as const]),
    ),
    members: indexes.flatMap((index): RecordedMember[] => [
      {
        ...how,
        path: [`role_${index}`],
        type: "role",
        inputs: { ...common, name: `driven_${index}`, login: true },
        outputs: ["name"],
      },
      {
        ...how,
        path: [`database_${index}`],
        type: "database",
        inputs: { ...common, name: `driven_${index}`, owner: gapOf(index) },
        outputs: ["name"],
      },
    ]),
  };
}

const gapOf = (index: number): string => `gap-of-role-${index}-`;

const statements = (): string =>
  Array.from(
    { length: count },
    (_, index) =>
      `create role scripted_${index} login; create database scripted_${index} template template0 owner scripted_${index};`,
  ).join("\n");

function seconds(program: string, args: readonly string[], env: Record<string, string>, input = ""): number {
  const started = performance.now();
  const { status, stderr, error } = spawnSync(program, args, {
    input,
    encoding: "utf8",
    env: { ...cleanEnvironment(), ...env },
  });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr.slice(-2000)}`);
  return (performance.now() - started) / 1000;
}
