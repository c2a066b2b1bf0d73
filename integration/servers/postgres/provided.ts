import type { PostgresAddress } from "./postgres.ts";

/** A server of this test run, or the reason why it is missing. */
export type Provided<Address> = { address: Address } | { unavailable: string };

/** The servers that the test run starts, one for each worker; see integration/scripts/vitest/start-servers.ts. */
declare module "vitest" {
  interface ProvidedContext {
    postgres15: Provided<PostgresAddress>[];
    postgres18: Provided<PostgresAddress>[];
  }
}
