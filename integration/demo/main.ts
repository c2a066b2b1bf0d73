// `npm run demo`: a deployment of three fediverse apps' databases, from nothing, on a PostgreSQL of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "../scripts/build.ts";
import { apps } from "./apps.ts";
import { describeDatabases, drift, logIn } from "./database.ts";
import { deploymentSource, type DeploymentSource } from "./deployment-source.ts";
import { makeSurroundings, type Surroundings } from "./surroundings.ts";

const driver = join(import.meta.dirname, "../driver/main.ts");

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
  const run = (command: string, expected: number): Promise<void> => runDriver(command, expected, source, surroundings);

  say(`Apply the deployment: ${apps.join(", ")}, each with a role, a database, its extensions and a grant.`);
  print([`From ${source.words}.`]);
  await run("apply", 0);
  print(await describeDatabases(surroundings.address));

  say("Apply again: everything is as declared, nothing is written.");
  await run("apply", 0);

  say("Somebody changes things by hand:");
  print(await drift(surroundings.address));
  say("Plan: what would apply do about it?");
  await run("plan", 2);
  say("Apply: it is brought back in line.");
  await run("apply", 0);

  say("Log in as the apps do, with the passwords that only their files hold.");
  for (const app of apps) print(await logIn(surroundings.address, app, surroundings.passwordFile(app)));

  say(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s; the server is stopped, nothing is left behind.`);
}

async function runDriver(
  command: string,
  expected: number,
  source: DeploymentSource,
  { env }: Surroundings,
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
