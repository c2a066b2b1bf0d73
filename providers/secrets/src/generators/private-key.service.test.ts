import { calculateJwkThumbprint, importJWK, jwtVerify, SignJWT } from "jose";
import { expect, test } from "vitest";
import { generate } from "../testing/generate.ts";
import { usePrograms } from "../testing/programs.ts";
import { keyAlgorithms } from "./key-pair.ts";
import { privateKey } from "./private-key.ts";

const { run } = usePrograms({ openssl: "openssl" });

test.each(keyAlgorithms)("gives %s in PEM that openssl reads, with the same public key", async (algorithm) => {
  const { value, public: parts } = await generate(privateKey, { algorithm });
  expect(value).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect(run("openssl", ["pkey", "-pubout"], value)).toBe(parts["publicKey"]?.trim());
});

const signatures = { ed25519: "EdDSA", "ecdsa-p256": "ES256", "ecdsa-p384": "ES384", "rsa-2048": "RS256" } as const;

test.each(Object.entries(signatures))(
  "gives a JWK of %s with which jose signs, with the same thumbprint",
  async (name, alg) => {
    const algorithm = keyAlgorithms.find((known) => known === name) ?? "ed25519";
    const { value, public: parts } = await generate(privateKey, { algorithm, format: "jwk" });
    const [secret, open] = [JSON.parse(value), JSON.parse(parts["publicJwk"] ?? "")];
    expect(secret.kid).toBe(await calculateJwkThumbprint(secret));
    expect(open).toMatchObject({ kid: secret.kid, kty: secret.kty });
    expect(parts["kid"]).toBe(secret.kid);
    for (const hidden of ["d", "p", "q", "dp", "dq", "qi"]) expect(open).not.toHaveProperty(hidden);

    const token = await new SignJWT({ sub: "me" }).setProtectedHeader({ alg }).sign(await importJWK(secret, alg));
    expect((await jwtVerify(token, await importJWK(open, alg))).payload).toEqual({ sub: "me" });
  },
);
