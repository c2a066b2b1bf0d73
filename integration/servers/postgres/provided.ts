import type { PostgresAddress } from "./postgres.ts";

/** A server of this test run, or why there is none. */
export type Provided<Address> = { address: Address } | { unavailable: string };

/** What the test run's set-up hands to the tests, one for each worker; see integration/scripts/vitest/start-servers.ts. */
declare module "vitest" {
  interface ProvidedContext {
    postgres15: Provided<PostgresAddress>[];
    postgres18: Provided<PostgresAddress>[];
  }
}
