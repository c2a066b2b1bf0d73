import { afterAll, beforeAll, beforeEach, describe, inject, type TestContext } from "vitest";
import type { PostgresVersion } from "./postgres/binaries.ts";
import type { PostgresAddress } from "./postgres/postgres.ts";
import type { Provided } from "./postgres/provided.ts";
import { isSkipped, ServerUnavailable } from "./server-unavailable.ts";

/**
 * Describes tests once per version of PostgreSQL, each with the worker's server of that version. If the server is missing,
 * every test is skipped with the reason.
 */
export function describePostgres(
  subject: string,
  tests: (server: () => PostgresAddress, version: PostgresVersion) => void,
  versions: readonly PostgresVersion[] = [15, 18],
): void {
  for (const version of versions) {
    describe(`${subject} on PostgreSQL ${version}`, () =>
      tests(whenProvided(ofThisWorker(inject(`postgres${version}`))), version));
  }
}

/** Source: https://vitest.dev/guide/parallelism.html */
function ofThisWorker<Address>(servers: readonly Provided<Address>[]): Provided<Address> {
  const server = servers[Number(process.env["VITEST_POOL_ID"]) - 1];
  if (server === undefined) throw new Error(`The server of worker ${process.env["VITEST_POOL_ID"]} is missing.`);
  return server;
}

/** Skips every test of the enclosing suite if the server is missing; returns the address for tests and hooks. */
function whenProvided<Address>(provided: Provided<Address>): () => Address {
  if ("address" in provided) return () => provided.address;
  beforeEach((test) => test.skip(provided.unavailable));
  return () => {
    throw new Error(provided.unavailable);
  };
}

/** Starts a server for one test. If the server is unavailable, the test is skipped with the reason, and fails in CI. */
export async function startOrSkip<Server>(test: TestContext, start: () => Promise<Server>): Promise<Server> {
  if (process.env["NO_SERVICES"] === "1") test.skip("NO_SERVICES=1");
  try {
    return await start();
  } catch (error) {
    if (!isSkipped(error)) throw error;
    return test.skip(error.message);
  }
}

/** Starts a server for the enclosing suite. If it is unavailable, the tests are skipped with the reason, and fail in CI. */
export function serverOf<Server extends AsyncDisposable>(start: () => Promise<Server>): () => Server {
  let server: Server | undefined;
  let unavailable = process.env["NO_SERVICES"] === "1" ? "NO_SERVICES=1" : undefined;
  beforeAll(async () => {
    if (unavailable !== undefined) return;
    try {
      server = await start();
    } catch (error) {
      if (!isSkipped(error)) throw error;
      unavailable = error.message;
    }
  });
  beforeEach((test) => {
    if (unavailable !== undefined) test.skip(unavailable);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  return () => {
    if (server === undefined) throw new ServerUnavailable(unavailable ?? "the server has not been started yet");
    return server;
  };
}
