import { globSync } from "node:fs";
import { join } from "node:path";
import { openTofuMissing } from "@nixops4-resources/integration-servers/opentofu/program";
import { engineCookie } from "@nixops4-resources/protocol-core/plugin";
import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { makeCertificate } from "@nixops4-resources/protocol-opentofu/certificate";
import { Project, type Ran } from "@nixops4-resources/protocol-opentofu/project";
import { mirrorSettings } from "../opentofu/page.ts";
import { byDriver } from "./deployed.ts";
import { rolesAndDatabases, rolesAndDatabasesByPsql, sayGoal } from "./deployment.ts";
import { measure, median, type Case } from "./measure.ts";

/** The start of a plugin, and roles with a database each under OpenTofu beside psql and the driver. */
export async function openTofu(
  floor: Case,
  address: PostgresAddress,
  folder: string,
  rounds: number,
  say: (line: string) => void,
): Promise<void> {
  const [, start] = measure([floor, pluginStart(mirroredMain())], rounds);
  say("");
  if (start !== undefined) sayGoal(`${start.name}, as a multiple of F`, start.ratio, 3.2, say);
  const missing = openTofuMissing();
  if (missing !== undefined) return say(`No applies under OpenTofu: ${missing}.`);
  for (const number of [1, 20, 100]) await compare(number, address, folder, say);
}

/** The bundle that OpenTofu starts. */
function mirroredMain(): string {
  const packages = join(import.meta.dirname, "../../dist/opentofu/*/*/nixops4-postgres/*/*");
  const [main] = globSync(join(packages, "bundle/main.cjs"));
  if (main === undefined) throw new Error(`There is no bundle in ${packages}.`);
  return main;
}

/** Waits for the line in which a plugin names its socket. The engine's certificate makes it prepare TLS. */
function pluginStart(main: string): Case {
  const script = `
    export TF_PLUGIN_MAGIC_COOKIE=${engineCookie}
    export PLUGIN_CLIENT_CERT="$2"
    coproc plugin { exec "$0" "$1" </dev/null; }
    pid=$plugin_PID
    read -r line <&"\${plugin[0]}"
    kill "$pid"
    wait "$pid"
    [[ $line == 1\\|6\\|* ]]`;
  const argv = ["bash", "-c", script, process.execPath, main, makeCertificate().pem];
  return { name: "plugin: start until it listens", argv };
}

async function compare(
  number: number,
  address: PostgresAddress,
  folder: string,
  say: (line: string) => void,
): Promise<void> {
  const rounds: { apply: number; plan: number; driver: number; script: number }[] = [];
  for (const round of [0, 1, 2]) {
    const { apply, plan } = await byOpenTofu(address, `tofu_${number}_${round}`, number);
    const { seconds: driver } = await byDriver(
      rolesAndDatabases(address, `beside_tofu_${number}_${round}`, number),
      folder,
    );
    const script = rolesAndDatabasesByPsql(address, `beside_psql_${number}_${round}`, number);
    rounds.push({ apply, plan, driver, script });
  }
  const of = (what: (round: (typeof rounds)[number]) => number): number => median(rounds.map(what));
  say(
    `\n${number} roles and ${number} databases: OpenTofu ${of(({ apply }) => apply).toFixed(1)} s, its plan without changes ` +
      `${of(({ plan }) => plan).toFixed(1)} s, driver ${of(({ driver }) => driver).toFixed(1)} s, ` +
      `one psql script ${of(({ script }) => script).toFixed(1)} s`,
  );
  const toScript = of(({ apply, script }) => apply / script);
  if (number === 100) sayGoal("OpenTofu / psql script", toScript, 1.2, say);
  else say(`  OpenTofu / psql script: ${toScript.toFixed(2)}`);
  say(`  OpenTofu / driver: ${of(({ apply, driver }) => apply / driver).toFixed(2)}`);
}

/** Seconds of an apply that creates everything, and of a plan after it. */
async function byOpenTofu(
  { host, port, user, passwordFile }: PostgresAddress,
  prefix: string,
  number: number,
): Promise<{ apply: number; plan: number }> {
  using project = new Project({ settings: mirrorSettings() });
  const name = `${prefix}_\${count.index}`;
  const owner = "${nixops4-postgres_role.one[count.index].outputs.name}";
  const configuration = {
    terraform: {
      required_providers: { "nixops4-postgres": { source: "nixops4-resources.invalid/suite/nixops4-postgres" } },
    },
    provider: {
      "nixops4-postgres": {
        managed_by: "bench",
        connection: { host, port, user, password: { file: passwordFile } },
      },
    },
    resource: {
      "nixops4-postgres_role": { one: { count: number, name, login: true } },
      "nixops4-postgres_database": { one: { count: number, name, owner } },
    },
  };
  project.write("main.tf.json", JSON.stringify(configuration));
  await timed(project.run("init"));
  const apply = await timed(project.apply("-parallelism=16"));
  return { apply, plan: await timed(project.plan("-parallelism=16")) };
}

/** Seconds until the command ends. Throws if it fails, or if a plan shows changes. */
async function timed(running: Promise<Ran>): Promise<number> {
  const started = performance.now();
  const { status, errors } = await running;
  if (status !== 0) throw new Error(`tofu failed: ${errors}`);
  return (performance.now() - started) / 1000;
}
