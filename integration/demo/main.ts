// `npm run demo`: deploys the databases of three fediverse apps on a new, temporary PostgreSQL, their buckets on a temporary
// Garage, the account of an operator in lldap, and a VM on the emulator of Proxmox VE.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "@nixops4-resources/integration-scripts/build";
import { describeAccount, directoryInWords, driftAccount, logInOverLdap } from "./account.ts";
import { apps } from "./apps.ts";
import { describeBuckets, driftBucket } from "./bucket.ts";
import { describeDatabases, drift, logIn } from "./database.ts";
import { deploymentSource, type DeploymentSource } from "./deployment-source.ts";
import { describeMachine, driftMachine } from "./machine.ts";
import { passwordOf, passwordOfAda } from "./passwords.ts";
import { stateLog } from "./state-log.ts";
import { makeSurroundings, type Surroundings } from "./surroundings.ts";

const driver = join(import.meta.dirname, "../driver/main.mjs");

// The driver receives the terminal's Ctrl-C too and finishes running members; the current step then ends with 130.
let interrupted = false;
process.on("SIGINT", () => (interrupted = true));

/** The user pressed Ctrl-C: the current step has ended, and no other starts. */
class Interrupted extends Error {}

try {
  await demo();
} catch (error) {
  if (!(error instanceof Interrupted)) throw error;
  process.stdout.write("\nInterrupted: the servers are stopped, and all files are removed.\n");
  process.exitCode = 130;
}

async function demo(): Promise<void> {
  const started = performance.now();
  await build();
  say("Start empty, temporary servers on loopback.");
  await using surroundings = await makeSurroundings();
  const { address, cluster, garage, lldap, secrets } = surroundings;
  const hasBuckets = !("missing" in garage);
  print([
    `PostgreSQL ${address.version}.`,
    hasBuckets ? "Garage." : `No buckets. ${garage.missing}.`,
    directoryInWords(lldap),
    "An emulator of Proxmox VE: what it shows of the VM is emulated, and nothing boots.",
  ]);
  const source = await deploymentSource(hasBuckets);
  const run = (command: string, expected: number): Promise<void> => runDriver(command, expected, source, surroundings);

  const parts = `a password, a role, a database, its extensions${hasBuckets ? ", a bucket" : ""} and a grant`;
  say(`Apply the deployment: ${apps.join(", ")}, each with ${parts}; an operator; and a VM.`);
  print([`From ${source.words}.`]);
  await run("apply", 0);
  print(await describeDatabases(address));
  if (hasBuckets) print(await describeBuckets(garage));
  print(await describeAccount(lldap));
  print(await describeMachine(cluster));

  say("Log in as the apps and as the operator. Each password was just generated and exists only in an encrypted file.");
  for (const app of apps) print([await logIn(address, app, await passwordOf(app, secrets))]);
  print([await logInOverLdap(lldap, await passwordOfAda(secrets))]);

  say("Apply again: everything is as declared, so nothing is written.");
  await run("apply", 0);

  say("Change objects by hand:");
  print(await drift(address));
  if (hasBuckets) print(await driftBucket(garage));
  print(await driftAccount(lldap));
  print(await driftMachine(cluster));
  say("Plan: what would apply change?");
  await run("plan", 2);
  say("Apply: the declared state is restored.");
  await run("apply", 0);

  say("Rotate a password: raise `generation` of mastodon's password from 1 to 2, and plan.");
  const old = await passwordOf("mastodon", secrets);
  const raised = { env: { ...surroundings.env, DEMO_MASTODON_GENERATION: "2" } };
  await runDriver("plan", 2, source, raised);
  say("Apply: a new password is generated, and the role receives it.");
  await runDriver("apply", 0, source, raised);
  say("Log in with the old password, then with the new one.");
  print([
    await logIn(address, "mastodon", old),
    await logIn(address, "mastodon", await passwordOf("mastodon", secrets)),
  ]);

  say("Show the log of the state, which is encrypted in the same PostgreSQL:");
  print(await stateLog(surroundings));

  say(
    `Done in ${((performance.now() - started) / 1000).toFixed(1)} s; the servers are stopped, and all files are removed.`,
  );
}

async function runDriver(
  command: string,
  expected: number,
  source: DeploymentSource,
  { env }: Pick<Surroundings, "env">,
): Promise<void> {
  const child = spawn(process.execPath, [driver, command, "--no-lock", ...source.args], {
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  const [status] = await once(child, "exit");
  if (interrupted) throw new Interrupted();
  if (status !== expected) throw new Error(`The driver exited with ${status} instead of ${expected}.`);
}

function say(text: string): void {
  if (interrupted) throw new Interrupted();
  process.stdout.write(`\n== ${text}\n`);
}

function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`   ${line}\n`);
}
