import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { byDriver, byProcesses, recordingOf } from "./deployed.ts";
import { role, rolesByPsql, sayGoal } from "./deployment.ts";
import { picture, type Line } from "./picture.ts";

const counts = [1, 10, 100, 300, 1000];

/** More processes than this at once take the memory of a small machine. */
const mostProcesses = 300;

/**
 * How time and memory grow with the number of members: roles that are created, then applied again. Draws the picture of
 * docs/performance.md.
 */
export async function growth(address: PostgresAddress, folder: string, say: (line: string) => void): Promise<void> {
  const [processes, driver, psql] = [line("one process each"), line("driver"), line("one psql script")];
  for (const count of counts) {
    const rolesOf = (prefix: string) =>
      Array.from({ length: count }, (_, index) => role(address, `${prefix}_${count}_${index}`));
    const recording = recordingOf(rolesOf("grown"));
    const first = await byDriver(recording, folder);
    const again = await byDriver(recording, folder);
    const script = rolesByPsql(address, `grown_by_psql_${count}`, count);
    driver.seconds.push([count, first.seconds]);
    driver.mib.push([count, Math.max(first.peakMib, again.peakMib)]);
    psql.seconds.push([count, script]);
    say(
      `${String(count).padStart(4)} roles: driver ${first.seconds.toFixed(2)} s, again ${again.seconds.toFixed(2)} s, ` +
        `${Math.max(first.peakMib, again.peakMib).toFixed(0)} MiB; one psql script ${script.toFixed(2)} s`,
    );
    if (count === 1000) sayGoal("GiB of driver and provider, 1000 unchanged roles", again.peakMib / 1024, 0.2, say);
    if (count > mostProcesses) continue;
    const crowd = await byProcesses(rolesOf("crowded"), folder);
    processes.seconds.push([count, crowd.seconds]);
    processes.mib.push([count, crowd.peakMib]);
    say(`            one process each ${crowd.seconds.toFixed(2)} s, ${crowd.peakMib.toFixed(0)} MiB`);
  }
  writeFileSync(join(import.meta.dirname, "../../docs/performance.svg"), picture([processes, driver, psql]));
}

const line = (name: string): Line => ({ name, seconds: [], mib: [] });
