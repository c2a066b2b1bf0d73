import { readFileSync } from "node:fs";
import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "@nixops4-resources/protocol-core";
import { openSecretReader, openSecretWriter, type StorePlace } from "../open-store.ts";
import { newSecret } from "./new-secret.ts";
import { makePerson, type Person } from "./person.ts";

/** A secret store in its own folder, beside the server of a test. */
export class SecretFolder implements AsyncDisposable {
  readonly canaries: readonly string[];
  readonly place: Extract<StorePlace, { directory: unknown }>;
  readonly #folder: string;
  readonly #owner: Person;

  private constructor(folder: string, owner: Person) {
    this.#folder = folder;
    this.#owner = owner;
    this.place = { directory: { folder, identity: owner.identity } };
    this.canaries = /AGE-SECRET-KEY-1\w+/.exec(readFileSync(owner.identity.file, "utf8")) ?? [];
  }

  static async make(): Promise<SecretFolder> {
    const folder = await mkdtemp(join(tmpdir(), "nixops4-secrets-"));
    await chmod(folder, 0o700);
    return new SecretFolder(folder, await makePerson());
  }

  async reset(): Promise<void> {
    for (const name of await readdir(this.#folder)) await rm(join(this.#folder, name), { recursive: true });
  }

  /** Every write changes the ctime of a file, or of the folder that contains it. */
  async writes(): Promise<unknown> {
    const names = [".", ...(await readdir(this.#folder, { recursive: true }))];
    return await Promise.all(
      names.map(async (name) => `${name} ${(await stat(join(this.#folder, name), { bigint: true })).ctimeNs}`),
    );
  }

  /** The secrets without values, ids and times. */
  async snapshot(): Promise<unknown> {
    await using store = await openSecretReader(this.place);
    return (await store.list()).map(({ name, mark, specification }) => ({ name, mark, specification }));
  }

  /** The value of a secret. */
  async valueOf(name: string): Promise<string> {
    await using store = await openSecretReader(this.place);
    return (await store.reveal(name, null, "a test")).value.revealText();
  }

  /** Stores a value by hand, without a mark. */
  async put(name: string, value: string): Promise<void> {
    await using store = await openSecretWriter(this.place);
    await store.create(newSecret(name, { mark: undefined, specification: {}, public: {}, value: new Secret(value) }));
  }

  /** Removes a secret by hand. */
  async remove(name: string): Promise<void> {
    await using store = await openSecretWriter(this.place);
    await store.remove(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
    await this.#owner[Symbol.asyncDispose]();
  }
}
