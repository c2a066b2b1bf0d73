import { startStandby } from "@nixops4-resources/integration-servers/postgres/standby";
import { describePostgres, startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type DeployedResource } from "@nixops4-resources/protocol-core/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import { deployed, main } from "./testing/deployment.ts";

describePostgres(
  "a standby",
  (server) => {
    const startBackend = PostgresBackend.prepare({
      prefix: "lagging",
      account: "superuser",
      snapshot: async () => undefined,
    });
    const backend = useBackend(() => startBackend(server()));

    test("never counts an object as missing, and takes no request", async (context) => {
      await using standby = await startOrSkip(context, () => startStandby(server()));
      const { host, port } = standby;
      const primary = (type: string): DeployedResource => deployed(backend(), type, { name: "lagging_shop" });
      const connection = { ...backend().connection, host, port };
      const at = (type: string): DeployedResource => deployed(backend(), type, { name: "lagging_shop", connection });
      for (const type of ["role", "database"]) {
        // The standby has not heard of it, or not yet.
        expect((await primary(type).create({})).outcome).toBe("created");
        const replies = [
          await at(type).destroy({}),
          await at(type).create({}),
          await at(type).update({}, { connectionLimit: 5 }),
          await at(type).plan({}),
          await new Deployment(main, connection).list(type),
        ];
        for (const { error } of replies) expect(error).toMatch(/^\[postgres\.connection\.standby\].*\nHint: Set/s);
        expect((await primary(type).plan({})).body).toMatchObject({ action: "none" });
      }
    });
  },
  [15],
);
