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
import { application } from "./database/application.ts";

export const connection = z
  .strictObject(
    connectionInputs(
      option(objectName, "Database that contains the states. A separate database is recommended.", "postgres"),
    ),
  )
  .check(...connectionChecks);

const inOurName = (login: Login): Login => ({ ...login, session: { application } });

export const connectReader = async (inputs: Connection, request: Connecting): Promise<PostgresReader> =>
  new PostgresReader(inputs, request, "read", (login) => openReadSession(inOurName(login)));

export const connectWriter = async (inputs: Connection, request: Connecting): Promise<PostgresWriter> =>
  new PostgresWriter(inputs, request, "write", (login) => openWriteSession(inOurName(login)));
