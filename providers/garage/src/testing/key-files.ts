import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SecretRef } from "@nixops4-resources/protocol-core";
import type { Beside } from "./backend.ts";

/** Files with the id and the secret of a key to import. Each reset writes a new id, since Garage accepts one only once. */
export class KeyFiles implements Beside {
  readonly canaries: readonly string[];
  readonly secret: string;
  readonly #folder: string;
  #id = "";

  private constructor(folder: string) {
    this.#folder = folder;
    this.secret = randomBytes(32).toString("hex");
    this.canaries = [this.secret];
    this.writeSecret(this.secret);
    this.renew();
  }

  static async make(): Promise<KeyFiles> {
    return new KeyFiles(await mkdtemp(join(tmpdir(), "nixops4-garage-key-")));
  }

  get id(): string {
    return this.#id;
  }

  /** The input `imported`. */
  get imported(): { accessKeyId: SecretRef; secretAccessKey: SecretRef } {
    return { accessKeyId: { file: this.#pathOf("id") }, secretAccessKey: { file: this.#pathOf("secret") } };
  }

  /** Writes another id, or this one. */
  renew(id = `GK${randomBytes(12).toString("hex")}`): void {
    this.#id = id;
    writeFileSync(this.#pathOf("id"), `${id}\n`, { mode: 0o600 });
  }

  writeSecret(secret: string): void {
    writeFileSync(this.#pathOf("secret"), secret, { mode: 0o600 });
  }

  /** As if an operator had cleaned up. */
  async remove(): Promise<void> {
    await rm(this.#pathOf("id"));
    await rm(this.#pathOf("secret"));
  }

  async reset(): Promise<void> {
    this.renew();
    this.writeSecret(this.secret);
  }

  /** No resource writes them. */
  async writes(): Promise<unknown> {
    return 0;
  }

  async snapshot(): Promise<unknown> {
    return null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }

  #pathOf(name: string): string {
    return join(this.#folder, name);
  }
}
