import { argon2Sync, randomBytes } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod/mini";
import type { AdminCalls } from "./admin-calls.ts";

const created = z.object({ id: z.string(), secretToken: z.string() });
const rows = z.array(z.object({ k: z.instanceof(Uint8Array), v: z.instanceof(Uint8Array) }));

/**
 * Creates an admin token that costs nearly nothing to check. Garage checks a token with Argon2 in each request, 25 ms of
 * processor time against 1 ms for the rest. It reads the parameters from the stored hash, so that a hash with the lowest
 * ones in its place is as good for tests. Source: `verify_authorization` in src/api/admin/api_server.rs.
 */
export async function createCheapToken(admin: AdminCalls, folder: string): Promise<string> {
  const { id, secretToken } = created.parse(await admin.post("/v2/CreateAdminToken", { name: "tests", scope: ["*"] }));
  using database = open(join(folder, "meta/db.sqlite"));
  const [row] = rows
    .parse(database.prepare("select k, v from tree_admin_token_COLON_table").all())
    .filter(({ k }) => Buffer.from(k).includes(id));
  if (row === undefined) throw new Error(`Garage's database does not contain the token ${id}.`);
  const value = withCheapHash(Buffer.from(row.v), secretToken);
  database.prepare("update tree_admin_token_COLON_table set v = ? where k = ?").run(value, row.k);
  return secretToken;
}

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec("pragma busy_timeout = 10000");
  return database;
}

const usual = "$argon2id$v=19$m=19456,t=2,p=1$";
const cheap = "$argon2id$v=19$m=8,t=1,p=1$";
/** Lengths of salt and hash in base64. */
const [saltLength, hashLength] = [22, 43];

/** The stored token with another hash of equal length: a longer salt takes the place of the shorter parameters. */
function withCheapHash(stored: Buffer, token: string): Buffer {
  const start = stored.indexOf(usual);
  if (start < 0) throw new Error(`The stored token has no hash that begins with ${usual}.`);
  const nonce = randomBytes(19);
  const hash = argon2Sync("argon2id", { message: token, nonce, memory: 8, passes: 1, parallelism: 1, tagLength: 32 });
  const text = `${cheap}${unpadded(nonce)}$${unpadded(hash)}`;
  const length = usual.length + saltLength + 1 + hashLength;
  if (text.length !== length) throw new TypeError(`A hash of ${text.length} characters in place of ${length}`);
  return Buffer.concat([stored.subarray(0, start), Buffer.from(text), stored.subarray(start + length)]);
}

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replaceAll("=", "");
