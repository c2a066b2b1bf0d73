import type { ClientRequest } from "@nixops4-resources/protocol-core";
import type { Connection } from "../connection.ts";
import { LldapReader } from "../graphql/reader.ts";
import { LldapWriter } from "../graphql/writer.ts";
import type { Look } from "./look.ts";

/** What a request has found out, for its later steps. */
interface Findings {
  /** The last look at the user. */
  look?: Look;
}

export class AccountReader extends LldapReader {
  readonly findings: Findings = {};
}

export class AccountWriter extends LldapWriter {
  readonly findings: Findings = {};
}

export const connectReader = async (connection: Connection, request: ClientRequest): Promise<AccountReader> =>
  new AccountReader(connection, request);

export const connectWriter = async (connection: Connection, request: ClientRequest): Promise<AccountWriter> =>
  new AccountWriter(connection, request);
