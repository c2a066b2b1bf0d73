// The minimum of a role create: connect with SCRAM, one query, close. Reads { port, password } from stdin.
import { readFileSync, writeSync } from "node:fs";
import { Client } from "pg";

async function main(): Promise<void> {
  const { port, password }: { port: number; password: string } = JSON.parse(readFileSync(0, "utf8"));
  const client = new Client({ host: "127.0.0.1", port, user: "postgres", password, database: "postgres", ssl: false });
  await client.connect();
  await client.query("select 1");
  await client.end();
  writeSync(1, '{"bareResponse":{"outputProperties":{}}}\n');
}

void main();
