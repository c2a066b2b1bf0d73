import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { superuserLogin } from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { Client } from "pg";
import { expect, test } from "vitest";
import { add, Run } from "./testing/run.ts";
import { main } from "./testing/states.ts";

const manual = await readFile(join(import.meta.dirname, "../../../docs/state.md"), "utf8");
/** The manual's commands up to the first apply, and after it. */
const [beginning = "", rest = ""] = manual.split("### If NixOps4 also creates the database").map(commandsIn);

/** The last command of the drill. Before it, the restored state exists. */
const endOfDrill = "psql -q -c 'drop database nixops4_drill'";

function commandsIn(text: string): string {
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands]) => commands).join("");
}

// Debian's pg_dump supports servers up to its own version.
describePostgres(
  "docs/state.md",
  (server) => {
    test("has working commands for start, rights, restore, new keys, a lost machine, move, compact and undo", async () => {
      const folder = await mkdtemp(join(tmpdir(), "nixops4-manual-"));
      const { host, port, user, password } = await superuserLogin(server());
      const client = new Client(await superuserLogin(server()));
      await client.connect();
      const environment = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: String(password) };
      const operate = async (commands: string): Promise<string> => {
        const script = `
          set -euo pipefail
          nixops4-resources-state() { "${process.execPath}" "${main}" "$@"; }
          ${commands}`
          .replaceAll("/etc/nixops4", folder)
          .replaceAll('"host": "db.example.org"', `"host": "${host}", "port": ${port}`);
        const env = { ...process.env, ...environment };
        return (await promisify(execFile)("bash", ["-c", script], { cwd: folder, env })).stdout;
      };
      try {
        await operate(beginning);
        const run = await Run.open(JSON.parse(await readFile(join(folder, "shop.json"), "utf8")));
        await run.append(add("db"));
        await run.end();
        const [drill, afterwards] = [rest.slice(0, rest.indexOf(endOfDrill)), rest.slice(rest.indexOf(endOfDrill))];
        let output = await operate(drill);
        const restored = await Run.open(JSON.parse(await readFile(join(folder, "drill.json"), "utf8")));
        await restored.append(add("web"));
        await restored.end();
        output += await operate(afterwards);
        expect(output).toContain('"db": {');
        expect(output.match(/^intact: .*$/gm)).toEqual([
          "intact: 2 events, 0 snapshots and 1 data keys, up to event 1",
          "intact: 2 events, 0 snapshots and 1 data keys, up to event 1",
          "intact: 2 events, 0 snapshots and 1 data keys, up to event 1",
        ]);
        expect(output).toContain("imported 2 events into state copy");
        const recovered = await Run.open(JSON.parse(await readFile(join(folder, "shop.json"), "utf8")));
        await recovered.append(add("web"));
        await recovered.end();
      } finally {
        await client.query("drop database if exists nixops4_drill with (force)");
        await client.query("drop database if exists nixops4 with (force)");
        await client.query("drop role if exists nixops4, nixops4_apply, nixops4_look");
        await client.end();
        await rm(folder, { recursive: true });
      }
    });
  },
  [15],
);
