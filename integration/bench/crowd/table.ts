// What launchers and a worker cost under a program that starts a process per resource, as NixOps4 does.
import type { RecordedMember } from "@nixops4-resources/integration-driver/recording/recording";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { canCompile } from "@nixops4-resources/protocol-core/launcher";
import { databaseOf, psql, role, rolesAndDatabasesByPsql, sayGoal } from "../deployment.ts";
import { median } from "../measure.ts";
import { nsupdates, recordsOf } from "../name-servers.ts";
import { timedRun } from "../timed-run.ts";
import { Crowds } from "./crowd.ts";
import { slowly } from "./slowly.ts";

const count = 100;

type Say = (line: string) => void;

/** Measures everything that docs/performance.md says of the worker. `floorArgv` is a start of Node that does nothing. */
export async function worker(
  address: PostgresAddress,
  floorArgv: readonly string[],
  folder: string,
  say: Say,
): Promise<void> {
  if (!canCompile()) return say("\nNo C compiler: launchers are not measured.");
  const crowds = new Crowds(folder);
  await rolesAtOnce(crowds, address, floorArgv, say);
  await deployed(crowds, address, say);
  await unchanged(crowds, address, say);
  await recordSets(crowds, say);
  await onFifthOfProcessor(crowds, address, say);
}

async function rolesAtOnce(
  crowds: Crowds,
  address: PostgresAddress,
  floorArgv: readonly string[],
  say: Say,
): Promise<void> {
  const rounds: { launcher: number; wall: number; each: number }[] = [];
  for (const round of [0, 1, 2]) {
    const floor = timedRun({ argv: floorArgv, requests: Array.from({ length: 20 }, () => undefined), atOnce: false });
    const requests = roles(address, `launched_${round}`, count);
    await crowds.cool("postgres");
    const cold = await crowds.run("postgres", requests);
    const warm = await crowds.run("postgres", requests);
    const peer = Array.from({ length: count }, (_, index) =>
      psql(address, `create role by_psql_${round}_${index} login;`),
    );
    rounds.push({
      launcher: warm.launchersMs / count / (floor.cpuMs / 20),
      wall: cold.seconds / peer.reduce((sum, seconds) => sum + seconds, 0),
      each: (cold.launchersMs + cold.workerMs) / count,
    });
  }
  const of = (what: (round: (typeof rounds)[number]) => number): number => median(rounds.map(what));
  say(`\n${count} roles by launchers at once, the worker cold`);
  sayGoal(
    "milliseconds of CPU each, with the worker",
    of((round) => round.each),
    5,
    say,
  );
  sayGoal(
    "CPU of a launcher with a warm worker, in F",
    of((round) => round.launcher),
    0.1,
    say,
  );
  sayGoal(
    `wall time / ${count} runs of psql one after the other`,
    of((round) => round.wall),
    0.2,
    say,
  );
}

async function deployed(crowds: Crowds, address: PostgresAddress, say: Say): Promise<void> {
  const ratios: number[] = [];
  for (const round of [0, 1, 2]) {
    const names = Array.from({ length: count }, (_, index) => `crowded_${round}_${index}`);
    await crowds.cool("postgres");
    // As NixOps4 does: the databases become ready when the roles have their outputs.
    const first = await crowds.run("postgres", roles(address, `crowded_${round}`, count));
    const second = await crowds.run(
      "postgres",
      names.map((name) => create(databaseOf(address, name))),
    );
    ratios.push((first.seconds + second.seconds) / rolesAndDatabasesByPsql(address, `by_script_${round}`, count));
  }
  say(`${count} roles, then ${count} databases`);
  sayGoal("launchers / one psql script", median(ratios), 1.2, say);
}

async function unchanged(crowds: Crowds, address: PostgresAddress, say: Say): Promise<void> {
  for (const many of [300, 1000]) {
    const requests = roles(address, `many_${many}`, many);
    const created = await crowds.run("postgres", requests);
    const again = await crowds.run("postgres", requests);
    say(
      `${many} roles at once, none failed: created in ${created.seconds.toFixed(1)} s, again ${again.seconds.toFixed(1)} s`,
    );
    sayGoal("GiB of launchers and worker, nothing changed", again.mib / 1024, 0.2, say);
  }
}

async function recordSets(crowds: Crowds, say: Say): Promise<void> {
  await using knot = await startKnot();
  const ratios: number[] = [];
  for (const round of [0, 1, 2]) {
    await crowds.cool("dns");
    const { seconds } = await crowds.run("dns", recordsOf(knot.address, `launched-${round}`));
    ratios.push((seconds * 1000) / nsupdates(knot.address, 10 + round));
  }
  say("200 `rrset` on Knot by launchers, none failed");
  sayGoal("launchers / nsupdate", median(ratios), 1, say);
}

async function onFifthOfProcessor(crowds: Crowds, address: PostgresAddress, say: Say): Promise<void> {
  const under = slowly(0.2);
  if (under === undefined)
    return say("This user cannot limit the CPU of a process: nothing is measured on 0.2 processors.");
  await crowds.cool("postgres");
  const { seconds } = await crowds.run("postgres", roles(address, "slow", 150), under);
  say(`150 roles at once on 0.2 processors: none failed, ${seconds.toFixed(1)} s`);
}

const roles = (address: PostgresAddress, prefix: string, number: number): object[] =>
  Array.from({ length: number }, (_, index) => create(role(address, `${prefix}_${index}`)));

const create = ({ type, inputs }: RecordedMember): object => ({
  createResourceRequest: { type, inputProperties: inputs, isStateful: false },
});
