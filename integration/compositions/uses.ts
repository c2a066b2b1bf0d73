import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Client } from "pg";
import type { Machine } from "./machine.ts";

/** The rows of a query, as the application logs in. */
export async function query({ inputs }: Machine, password: string, sql: string): Promise<unknown[]> {
  const { host, port, name: database, user } = inputs.database;
  const client = new Client({ host, port, database, user, password, ssl: false });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Stores an object `media`, as the application does. */
export async function store({ inputs }: Machine, secretAccessKey: string, bucket: string): Promise<void> {
  const { endpoint, region, accessKeyId } = inputs.objectStorage;
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: "media", Body: "0123456789" }));
}

/** What a player on the page does: it reads a part of the file. */
export async function readFromWeb(
  port: number,
  host: string,
  origin: string,
): Promise<{ status: number; body: string; allowedOrigin: string }> {
  const sent = get(`http://127.0.0.1:${port}/media`, {
    headers: { host, origin, range: "bytes=0-3" },
  });
  const [answer]: IncomingMessage[] = await once(sent, "response");
  if (answer === undefined) throw new TypeError("A response without a message");
  return {
    status: answer.statusCode ?? 0,
    body: await text(answer),
    allowedOrigin: String(answer.headers["access-control-allow-origin"]),
  };
}
