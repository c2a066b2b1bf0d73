import { option, type Secret } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { defineDerived } from "./derived.ts";

export interface Argon2idSettings {
  memoryKibibytes: number;
  passes: number;
  parallelism: number;
}

export const argon2id = defineDerived(
  "Argon2id hash of another secret, as a PHC string (`$argon2id$v=19$...`).",
  () => ({
    memoryKibibytes: option(
      z.int().check(z.minimum(64), z.maximum(4_194_304)),
      "Memory needed to check a password, in KiB.",
      65_536,
    ),
    passes: option(z.int().check(z.minimum(1), z.maximum(1000)), "Number of passes over that memory.", 3),
    parallelism: option(z.int().check(z.minimum(1), z.maximum(64)), "Maximum number of concurrent threads.", 4),
  }),
  async (source, settings) => {
    const { randomBytes } = await import("node:crypto");
    return await hashArgon2id(source, settings, randomBytes(16));
  },
);

/** Source of the text format: https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md */
export async function hashArgon2id(
  source: Secret,
  { memoryKibibytes: memory, passes, parallelism }: Argon2idSettings,
  salt: Uint8Array,
): Promise<string> {
  const { argon2Sync } = await import("node:crypto");
  const message = source.revealText();
  const hash = argon2Sync("argon2id", { message, nonce: salt, memory, passes, parallelism, tagLength: 32 });
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`;
}

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replaceAll("=", "");
