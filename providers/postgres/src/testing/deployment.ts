import { join } from "node:path";
import { Deployment, type DeployedResource, type Message } from "@nixops4-resources/protocol-core/testing";
import type { PostgresBackend } from "@nixops4-resources/protocol-postgres/testing";

export const main = join(import.meta.dirname, "../../dist/main.cjs");

/** A resource of the deployment `shop`, managed with the account of the backend; `same` are inputs of all its requests. */
export function deployed(backend: PostgresBackend, type: string, same: Message): DeployedResource {
  return new Deployment(main, backend.connection).resource(type, same);
}
