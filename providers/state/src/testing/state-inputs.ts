import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { useBackend, type PostgresBackend } from "@nixops4-resources/protocol-postgres/testing";
import type { Person } from "./people.ts";
import type { StateInputs } from "./run.ts";
import { prepareStates } from "./states.ts";

/** A schema for the tests of one file, empty before each of them; and inputs of a state in it. */
export function useStates(schema: string, server: () => PostgresAddress, people: readonly [Person, ...Person[]]) {
  const prepare = prepareStates(schema, people);
  const backend: () => PostgresBackend = useBackend(() => prepare(server()));
  const inputs = (more: object = {}): StateInputs => ({
    connection: backend().connection,
    managedBy: "shop",
    name: "prod",
    schema,
    identity: { file: people[0].file },
    lockTimeoutSeconds: 0,
    ...more,
  });
  return { backend, inputs };
}
