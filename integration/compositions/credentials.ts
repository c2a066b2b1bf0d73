import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GarageServer } from "@nixops4-resources/integration-servers/garage/garage";
import { superuserLogin, type PostgresServer } from "@nixops4-resources/integration-servers/postgres/postgres";
import type { EmulatedServer } from "@nixops4-resources/integration-servers/proxmox/start-emulator";
import { createAccount } from "@nixops4-resources/proxmox/src/testing/account.ts";
import { vmRights } from "@nixops4-resources/proxmox/src/testing/rights.ts";
import { Client } from "pg";
import * as z from "zod/mini";
import type { Surroundings } from "./surroundings.ts";

/** The operators of nixops4.nix. */
export const operators = ["alice", "bob"] as const;
type Operator = (typeof operators)[number];

type Servers = Pick<Surroundings, "postgres" | "otherPostgres" | "dns" | "garage" | "proxmox">;

/** Creates what an operator needs at each server, and writes the credentials to files. */
export async function giveCredentials(operator: Operator, folder: string, servers: Servers): Promise<void> {
  const { postgres, otherPostgres, dns, garage, proxmox } = servers;
  const write = (name: string, text: string): Promise<void> =>
    writeFile(join(folder, `${operator}-${name}`), text, { mode: 0o600 });
  const password = "the password of an operator";
  await write("postgres", password);
  for (const server of [postgres, otherPostgres]) await createRole(server, operator, password);
  await write("garage", await createToken(garage, operator));
  await write("proxmox", await createTenant(proxmox, operator));
  await write("smtp", `a password with "quotes", $ and %`);
  // Knot accepts each key for the zone of its operator only.
  const { sha256, rightless } = dns.address.keys;
  await copyFile(operator === "alice" ? sha256.secretFile : rightless.secretFile, join(folder, `${operator}-tsig`));
}

/** The role of an operator, and a database for the state. */
async function createRole({ address }: PostgresServer, name: string, password: string): Promise<void> {
  const client = new Client(await superuserLogin(address));
  await client.connect();
  try {
    await client.query(`CREATE ROLE ${name} LOGIN CREATEDB CREATEROLE PASSWORD '${password}'`);
    await client.query(`CREATE DATABASE ${name}_state OWNER ${name}`);
  } finally {
    await client.end();
  }
}

/** What the documentation of `bucket`, `key` and `grant` asks for. */
const garageScopes =
  "GetNodeInfo ListBuckets GetBucketInfo CreateBucket UpdateBucket DeleteBucket AddBucketAlias RemoveBucketAlias " +
  "AllowBucketKey DenyBucketKey ListKeys GetKeyInfo CreateKey UpdateKey DeleteKey";

async function createToken({ admin }: GarageServer, name: string): Promise<string> {
  const scope = garageScopes.split(" ");
  const { secretToken } = z
    .object({ secretToken: z.string() })
    .parse(await admin.post("/v2/CreateAdminToken", { name, neverExpires: true, scope }));
  return secretToken;
}

/** A pool, and a token that has the rights of a tenant on it. */
async function createTenant(proxmox: EmulatedServer, operator: Operator): Promise<string> {
  await proxmox.call("POST", "/pools", { poolid: operator });
  const { token } = await createAccount(proxmox, operator, vmRights(operator, "local", "vmbr0"));
  return token;
}
