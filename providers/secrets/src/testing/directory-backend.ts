import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend, FileAccess } from "@nixops4-resources/protocol-core/testing";
import {
  openSecretReader,
  openSecretWriter,
  type SecretWriter,
  type StorePlace,
} from "@nixops4-resources/protocol-secrets";
import { makePerson, type Person } from "@nixops4-resources/protocol-secrets/testing";
import { summaryOf } from "./summary.ts";

/** A store in its own folder, for the contract. */
export class DirectoryBackend implements Backend {
  readonly access: FileAccess;
  readonly connection: { store: Extract<StorePlace, { directory: unknown }> };
  readonly broken: Backend["broken"];
  readonly canaries: readonly string[];
  readonly #folder: string;
  readonly #owner: Person;

  private constructor(folder: string, owner: Person) {
    this.#folder = folder;
    this.#owner = owner;
    this.access = { kind: "files", folder };
    const { identity } = owner;
    this.connection = { store: { directory: { folder, identity } } };
    this.broken = {
      "no store": {},
      "a missing folder": { store: { directory: { folder: join(folder, "nowhere"), identity } } },
      "a folder that others can access": { store: { directory: { folder: "/usr", identity } } },
      "a missing identity": { store: { directory: { folder, identity: { file: "/nowhere" } } } },
      "an invalid identity": { store: { directory: { folder, identity: { command: ["echo", "none"] } } } },
    };
    this.canaries = /AGE-SECRET-KEY-1\w+/.exec(readFileSync(identity.file, "utf8")) ?? [];
  }

  static async make(): Promise<DirectoryBackend> {
    const folder = await mkdtemp(join(tmpdir(), "nixops4-secrets-"));
    await chmod(folder, 0o700);
    return new DirectoryBackend(folder, await makePerson());
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

  /** Every file, hidden ones included, and the metadata of each secret without random parts. */
  async snapshot(): Promise<unknown> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true });
    await using store = await openSecretReader(this.connection.store);
    return {
      files: entries
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort(),
      secrets: summaryOf(await store.list()),
    };
  }

  async log(): Promise<string> {
    return "";
  }

  /** Changes the store without the provider. */
  async byHand(work: (store: SecretWriter) => Promise<void>): Promise<void> {
    await using store = await openSecretWriter(this.connection.store);
    await work(store);
  }

  /** The value of a secret whose bytes are text. */
  async valueOf(name: string, version: number | null = null): Promise<string> {
    await using store = await openSecretReader(this.connection.store);
    return (await store.reveal(name, version, "a test")).value.revealBytes().toString();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
    await this.#owner[Symbol.asyncDispose]();
  }
}
