import type { KeyObject } from "node:crypto";
import * as z from "zod/mini";

/** Algorithms of signing keys, with the size. */
export const keyAlgorithms = [
  "ed25519",
  "ecdsa-p256",
  "ecdsa-p384",
  "ecdsa-p521",
  "rsa-2048",
  "rsa-3072",
  "rsa-4096",
] as const;

export type KeyAlgorithm = (typeof keyAlgorithms)[number];

export const keyAlgorithm = (): z.ZodMiniEnum<{ [Name in KeyAlgorithm]: Name }> => z.enum(keyAlgorithms);

/** Generates a private key. RSA takes 0.3 s for 3072 bits, and up to several seconds for 4096. */
export async function makePrivateKey(algorithm: KeyAlgorithm): Promise<KeyObject> {
  const { generateKeyPairSync } = await import("node:crypto");
  if (algorithm === "ed25519") return generateKeyPairSync("ed25519").privateKey;
  const [kind, size = ""] = algorithm.split("-");
  return kind === "rsa"
    ? generateKeyPairSync("rsa", { modulusLength: Number(size) }).privateKey
    : generateKeyPairSync("ec", { namedCurve: size.replace("p", "P-") }).privateKey;
}

export const privatePem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

/** The public half of a private key. */
export async function publicPem(key: KeyObject): Promise<string> {
  const { createPublicKey } = await import("node:crypto");
  return createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
}
