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

/** A store in a folder of its own, as the contract needs to see it. */
export class DirectoryBackend implements Backend {
  readonly access: FileAccess;
  readonly connection: { store: StorePlace };
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
      "a folder that is not there": { store: { directory: { folder: join(folder, "nowhere"), identity } } },
      "a folder that others may look into": { store: { directory: { folder: "/usr", identity } } },
      "an identity that is not there": { store: { directory: { folder, identity: { file: "/nowhere" } } } },
      "an identity that is none": { store: { directory: { folder, identity: { command: ["echo", "none"] } } } },
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

  /** A file's time of change moves with whatever is done to it, and a folder's with whatever is done to its names. */
  async writes(): Promise<unknown> {
    const names = [".", ...(await readdir(this.#folder, { recursive: true }))];
    return await Promise.all(
      names.map(async (name) => `${name} ${(await stat(join(this.#folder, name), { bigint: true })).ctimeNs}`),
    );
  }

  /** Every file, hidden ones too, and what the store says of each secret but what is drawn by chance. */
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

  /** Works on the store past the provider. */
  async byHand(work: (store: SecretWriter) => Promise<void>): Promise<void> {
    await using store = await openSecretWriter(this.connection.store);
    await work(store);
  }

  /** As who reads a reference gets it. */
  async valueOf(name: string, version: number | null = null): Promise<string> {
    await using store = await openSecretReader(this.connection.store);
    return (await store.reveal(name, version, "a test")).value.reveal();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
    await this.#owner[Symbol.asyncDispose]();
  }
}
