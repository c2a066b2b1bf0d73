import type { TestProject } from "vitest/node";
import {
  startPostgres,
  type PostgresAddress,
  type PostgresVersion,
} from "@nixops4-resources/integration-servers/postgres/postgres";
import type { Provided } from "@nixops4-resources/integration-servers/postgres/provided";
import { ServerUnavailable } from "@nixops4-resources/integration-servers/server-unavailable";

/**
 * Starts a server of each kind for every worker, so that test files do not share roles, databases and sessions. vitest
 * calls the returned function at the end.
 */
export default async function startServers(project: TestProject): Promise<() => Promise<void>> {
  const running = new AsyncDisposableStack();
  const provide = async (version: PostgresVersion): Promise<Provided<PostgresAddress>> => {
    if (process.env["NO_SERVICES"] === "1") return { unavailable: "NO_SERVICES=1" };
    try {
      return { address: running.use(await startPostgres({ version, tls: true, logStatements: true })).address };
    } catch (error) {
      if (!(error instanceof ServerUnavailable) || process.env["CI"] !== undefined) throw error;
      return { unavailable: error.message };
    }
  };
  const provideEach = (version: PostgresVersion) =>
    Promise.all(Array.from({ length: project.vitest.config.maxWorkers }, () => provide(version)));
  try {
    const [postgres15, postgres18] = await Promise.all([provideEach(15), provideEach(18)]);
    project.provide("postgres15", postgres15);
    project.provide("postgres18", postgres18);
  } catch (error) {
    await running.disposeAsync();
    throw error;
  }
  return () => running.disposeAsync();
}
