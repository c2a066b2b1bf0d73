import type { JsonWebKey, KeyObject } from "node:crypto";
import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { defineGenerator } from "./generator.ts";
import { keyAlgorithm, makePrivateKey, privatePem, publicPem } from "./key-pair.ts";

export const privateKey = defineGenerator({
  description:
    "Private key for signing, for example of an OpenID Connect issuer. Public parts: `publicKey` (PEM), `publicJwk` (JSON) and `kid`, the key's thumbprint.",
  inputs: () => ({
    algorithm: option(keyAlgorithm(), "Algorithm and size of the key."),
    format: option(
      z.enum(["pem", "jwk"]),
      "Format of the value: `pem` is PKCS#8, `jwk` is a JSON Web Key with its `kid`.",
      "pem",
    ),
  }),
  async generate({ algorithm, format }) {
    const key = await makePrivateKey(algorithm);
    const jwk = key.export({ format: "jwk" });
    const kid = await thumbprint(jwk);
    return {
      value: format === "pem" ? privatePem(key) : JSON.stringify({ ...jwk, kid }),
      public: { publicKey: await publicPem(key), publicJwk: JSON.stringify({ ...(await publicJwk(key)), kid }), kid },
      expiresAt: null,
    };
  },
});

async function publicJwk(key: KeyObject): Promise<JsonWebKey> {
  const { createPublicKey } = await import("node:crypto");
  return createPublicKey(key).export({ format: "jwk" });
}

/** Hash of the required members in alphabetical order. Sources: RFC 7638, section 3; RFC 8037 for Ed25519. */
async function thumbprint({ kty, crv, x, y, e, n }: JsonWebKey): Promise<string> {
  const { createHash } = await import("node:crypto");
  const required = kty === "RSA" ? { e, kty, n } : { crv, kty, x, ...(kty === "EC" && { y }) };
  return createHash("sha256").update(JSON.stringify(required)).digest("base64url");
}
