import type { ClientRequest } from "@nixops4-resources/protocol-core";
import { GarageReader } from "../admin/reader.ts";
import { GarageWriter } from "../admin/writer.ts";
import type { Connection } from "../connection.ts";

/** What a request has found out, for its later steps. */
interface Findings {
  /** Id of the bucket that the look found. The lock for a write is named after it. */
  bucketId?: string | undefined;
  /** S3 has permitted a read. Another node may answer the next one, and know less. */
  isEffective?: true;
}

export class GrantReader extends GarageReader {
  readonly findings: Findings = {};
}

export class GrantWriter extends GarageWriter {
  readonly findings: Findings = {};
}

export const connectReader = async (connection: Connection, request: ClientRequest): Promise<GrantReader> =>
  new GrantReader(connection, request);

export const connectWriter = async (connection: Connection, request: ClientRequest): Promise<GrantWriter> =>
  new GrantWriter(connection, request);
