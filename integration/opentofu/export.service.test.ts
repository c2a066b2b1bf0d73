import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { openTofuMissing } from "@nixops4-resources/integration-servers/opentofu/program";
import { superuserLogin } from "@nixops4-resources/integration-servers/postgres/postgres";
import { startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { Project } from "@nixops4-resources/protocol-opentofu/project";
import { Client } from "pg";
import { expect, test, vi, type TestContext } from "vitest";
import { runDriver, type Run } from "../compositions/driver.ts";
import { makeSurroundings, type Surroundings } from "../demo/surroundings.ts";
import { mirrorSettings } from "./page.ts";

vi.setConfig({ testTimeout: 300_000 });

test("OpenTofu imports the demo that the driver made, and writes nothing; then it destroys it", async (context) => {
  await using surroundings = await start(context);
  const made = await driver(surroundings, "apply", "--no-lock");
  expect(made.status, made.text).toBe(0);
  using project = new Project({ settings: mirrorSettings() });
  const count = await exportTo(project, surroundings);
  expect((await project.run("init")).status).toBe(0);
  const before = await snapshot(surroundings);
  const imported = await project.apply();
  expect(imported.output).toContain(`Resources: ${count} imported, 0 added, 0 changed, 0 destroyed`);
  expect((await project.plan()).status).toBe(0);
  expect(await snapshot(surroundings)).toEqual(before);
  expect((await project.destroy()).output).toContain(`Resources: ${count} destroyed`);
});

test("the driver continues with the demo that OpenTofu made from the export", async (context) => {
  await using surroundings = await start(context);
  using project = new Project({ settings: mirrorSettings() });
  const count = await exportTo(project, surroundings);
  expect(project.read("main.tf.json")).not.toContain('"import"');
  expect((await project.run("init")).status).toBe(0);
  expect((await project.apply()).output).toContain(`Resources: ${count} added, 0 changed, 0 destroyed`);
  expect((await project.plan()).status).toBe(0);

  const continued = await driver(surroundings, "apply", "--no-lock");
  expect(continued.status, continued.text).toBe(0);
  const { state, ...others } = continued.outcomes;
  expect(state).toBe("created");
  expect(Object.keys(others)).toHaveLength(count);
  expect(new Set(Object.values(others))).toEqual(new Set(["unchanged"]));
});

async function start(context: TestContext): Promise<Surroundings> {
  const missing = openTofuMissing();
  if (missing !== undefined) context.skip(missing);
  return await startOrSkip(context, makeSurroundings);
}

/** Exports the demo's deployment into a project. Returns the number of resources. */
async function exportTo(project: Project, surroundings: Surroundings): Promise<number> {
  const { status, text } = await driver(surroundings, "export", "--output", join(project.folder, "main.tf.json"));
  expect(status, text).toBe(0);
  return Number(/^(\d+) exported/m.exec(text)?.[1]);
}

function driver({ env, garage }: Surroundings, command: string, ...args: readonly string[]): Promise<Run> {
  const recording = "missing" in garage ? "recording" : "recording-with-garage";
  return runDriver([command, "--recording", join(import.meta.dirname, `../demo/${recording}.json`), ...args], env);
}

/** What any write would change: the versions of all rows, and the times of all files. */
async function snapshot({ address, secrets }: Surroundings): Promise<unknown> {
  const client = new Client(await superuserLogin(address));
  await client.connect();
  try {
    const { rows } = await client.query(
      `select 'role' as what, rolname::text as name, xmin::text from pg_authid
       union all select 'database', datname, xmin::text from pg_database
       union all select 'comment', objoid::text, xmin::text from pg_shdescription order by 1, 2`,
    );
    const files = await readdir(secrets.folder, { recursive: true });
    return [rows, await Promise.all(files.sort().map(async (file) => [file, await changedAt(secrets.folder, file)]))];
  } finally {
    await client.end();
  }
}

const changedAt = async (folder: string, file: string): Promise<number> => (await stat(join(folder, file))).ctimeMs;
