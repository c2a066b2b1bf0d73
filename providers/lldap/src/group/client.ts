import type { ClientRequest } from "@nixops4-resources/protocol-core";
import type { Connection } from "../connection.ts";
import { LldapReader } from "../graphql/reader.ts";
import type { ApiGroup } from "../graphql/shapes.ts";
import { LldapWriter } from "../graphql/writer.ts";
import type { Look } from "./look.ts";

/** What a request has found out, for its later steps. */
interface Findings {
  /** The last look at all groups. */
  look?: Look;
  /** The group that it found. */
  group?: ApiGroup | undefined;
}

export class GroupReader extends LldapReader {
  readonly findings: Findings = {};
}

export class GroupWriter extends LldapWriter {
  readonly findings: Findings = {};
}

export const connectReader = async (connection: Connection, request: ClientRequest): Promise<GroupReader> =>
  new GroupReader(connection, request);

export const connectWriter = async (connection: Connection, request: ClientRequest): Promise<GroupWriter> =>
  new GroupWriter(connection, request);
