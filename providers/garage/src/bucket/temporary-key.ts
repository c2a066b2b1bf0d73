import { encodeMark } from "@nixops4-resources/protocol-core";
import { failure } from "../admin/failure.ts";
import type { ApiBucket, ApiKey } from "../admin/shapes.ts";
import type { GarageWriter } from "../admin/writer.ts";
import type { Credentials } from "../s3/client.ts";

const lifetimeSeconds = 3600;

/**
 * Gives `use` a key with all permissions on the bucket, and deletes it afterwards. The name of the key tells whose it is,
 * so that the next run after a kill uses the same one; if there is none, it ends by itself after an hour.
 */
export async function withTemporaryKey<T>(
  garage: GarageWriter,
  { id }: ApiBucket,
  managedBy: string,
  use: (credentials: Credentials) => Promise<T>,
): Promise<T> {
  await garage.requireVersion("`confirmEmpty` without `emptyWith`", [2, 0]);
  const name = nameFor(id, managedBy);
  const key = await usable(garage, name);
  const { expired } = await garage.updateKey(key.accessKeyId, { expiration: inAnHour() });
  if (expired === true) {
    await garage.deleteKey(key.accessKeyId);
    throw clockBehind();
  }
  await garage.allow(id, key.accessKeyId, { read: true, write: true, owner: true });
  const result = await use(key);
  await garage.deleteKey(key.accessKeyId);
  return result;
}

/** Deletes the key that a run left which was killed after it had emptied the bucket. */
export async function removeTemporaryKey(garage: GarageWriter, id: string, managedBy: string): Promise<void> {
  const name = nameFor(id, managedBy);
  for (const key of await garage.keys()) if (key.name === name) await garage.deleteKey(key.id);
}

const nameFor = (id: string, managedBy: string): string => `empty ${id} ${encodeMark({ managedBy, type: "bucket" })}`;

/** The key of this name that an earlier run left, or a new one. */
async function usable(garage: GarageWriter, name: string): Promise<Credentials> {
  const [left, ...more] = (await garage.keys()).filter((key) => key.name === name);
  for (const { id } of more) await garage.deleteKey(id);
  const key =
    left === undefined ? await garage.createKey(name, inAnHour()) : await garage.key(left.id, { withSecret: true });
  return credentialsOf(key);
}

function credentialsOf(key: ApiKey | undefined): Credentials {
  const secretAccessKey = key?.secretAccessKey;
  if (key === undefined || typeof secretAccessKey !== "string")
    throw new TypeError("The server shows no secret of the key");
  return { accessKeyId: key.accessKeyId, secretAccessKey };
}

const clockBehind = (): Error =>
  failure(
    "the temporary key that deletes the objects has already expired: the clock of this machine is more than an hour behind the server's",
    "garage.clock.behind",
    "Set the clock of this machine",
  );

const inAnHour = (): string => new Date(Date.now() + lifetimeSeconds * 1000).toISOString();
