// `npm run demo`: a deployment of three fediverse apps' databases, from nothing, on a PostgreSQL of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "@nixops4-resources/integration-scripts/build";
import { apps } from "./apps.ts";
import { describeDatabases, drift, logIn } from "./database.ts";
import { deploymentSource, type DeploymentSource } from "./deployment-source.ts";
import { passwordOf } from "./passwords.ts";
import { stateLog } from "./state-log.ts";
import { makeSurroundings, type Surroundings } from "./surroundings.ts";

const driver = join(import.meta.dirname, "../driver/main.mjs");

// The terminal's Ctrl-C reaches the driver too, which finishes what runs; the step in hand then ends with 130.
let interrupted = false;
process.on("SIGINT", () => (interrupted = true));

/** A person pressed Ctrl-C: the step in hand has ended, and no other begins. */
class Interrupted extends Error {}

try {
  await demo();
} catch (error) {
  if (!(error instanceof Interrupted)) throw error;
  process.stdout.write("\nInterrupted: the server is stopped, nothing is left behind.\n");
  process.exitCode = 130;
}

async function demo(): Promise<void> {
  const started = performance.now();
  await build();
  say("A PostgreSQL of its own, on loopback, with nothing in it.");
  await using surroundings = await makeSurroundings();
  const source = await deploymentSource();
  const { address, secrets } = surroundings;
  const run = (command: string, expected: number): Promise<void> => runDriver(command, expected, source, surroundings);

  say(
    `Apply the deployment: ${apps.join(", ")}, each with a password, a role, a database, its extensions and a grant.`,
  );
  print([`From ${source.words}.`]);
  await run("apply", 0);
  print(await describeDatabases(address));

  say("Log in as the apps do. Each password was made just now and is in an encrypted file, and nowhere else.");
  for (const app of apps) print([await logIn(address, app, await passwordOf(app, secrets))]);

  say("Apply again: everything is as declared, nothing is written.");
  await run("apply", 0);

  say("Somebody changes things by hand:");
  print(await drift(address));
  say("Plan: what would apply do about it?");
  await run("plan", 2);
  say("Apply: it is brought back in line.");
  await run("apply", 0);

  say("Rotate a password: raise `generation` of mastodon's from 1 to 2. What would that do?");
  const old = await passwordOf("mastodon", secrets);
  const raised = { env: { ...surroundings.env, DEMO_MASTODON_GENERATION: "2" } };
  await runDriver("plan", 2, source, raised);
  say("Apply: a new password, and the role that has it.");
  await runDriver("apply", 0, source, raised);
  say("Log in with the old password, and with the new one.");
  print([
    await logIn(address, "mastodon", old),
    await logIn(address, "mastodon", await passwordOf("mastodon", secrets)),
  ]);

  say("What the state has written down, encrypted, in the same PostgreSQL:");
  print(await stateLog(surroundings));

  say(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s; the server is stopped, nothing is left behind.`);
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
  if (status !== expected) throw new Error(`The driver ended with status ${status}, not ${expected}.`);
}

function say(text: string): void {
  if (interrupted) throw new Interrupted();
  process.stdout.write(`\n== ${text}\n`);
}

function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`   ${line}\n`);
}
