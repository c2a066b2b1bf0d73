import { option, type Connecting } from "@nixops4-resources/protocol-core";
import {
  connectionChecks,
  connectionInputs,
  objectName,
  openReadSession,
  openWriteSession,
  PostgresReader,
  PostgresWriter,
  type Connection,
  type Login,
} from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { application } from "./store/lock.ts";

/** Where the server is and who we are there. */
export const connection = z
  .strictObject(
    connectionInputs(option(objectName, "Database that keeps the states; best one of their own.", "postgres")),
  )
  .check(...connectionChecks);

const inOurName = (login: Login): Login => ({ ...login, session: { application } });

/** A client for one request; what only looks gets no method that writes. */
export async function connect(inputs: Connection, access: "write", request: Connecting): Promise<PostgresWriter>;
export async function connect(inputs: Connection, access: "read", request: Connecting): Promise<PostgresReader>;
export async function connect(
  inputs: Connection,
  access: "read" | "write",
  request: Connecting,
): Promise<PostgresReader | PostgresWriter> {
  return access === "write"
    ? new PostgresWriter(inputs, request, access, (login) => openWriteSession(inOurName(login)))
    : new PostgresReader(inputs, request, access, (login) => openReadSession(inOurName(login)));
}
