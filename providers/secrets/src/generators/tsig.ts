import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { defineGenerator } from "./generator.ts";

/** A key as long as the hash, as `tsig-keygen` makes it: a longer one would only be hashed to this length. */
const keyBytes = { "hmac-sha256": 32, "hmac-sha384": 48, "hmac-sha512": 64 } as const;

export const tsig = defineGenerator({
  description:
    "A key that signs DNS updates and zone transfers (TSIG), in base64. Public parts: `name` and `algorithm`, which a client must know too.",
  inputs: () => ({
    keyName: option(
      z.string().check(z.regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?$/), z.maxLength(254)),
      "Name by which server and client know the key: a domain name, such as `acme.example.org`.",
    ),
    algorithm: option(z.enum(["hmac-sha256", "hmac-sha384", "hmac-sha512"]), "Hash that it signs with.", "hmac-sha256"),
    format: option(
      z.enum(["base64", "bind"]),
      "How the value is written: `base64` is the key alone, `bind` is a `key` clause for named.conf.",
      "base64",
    ),
  }),
  async generate({ keyName, algorithm, format }) {
    const { randomBytes } = await import("node:crypto");
    const key = randomBytes(keyBytes[algorithm]).toString("base64");
    const clause = `key "${keyName}" {\n\talgorithm ${algorithm};\n\tsecret "${key}";\n};\n`;
    return { value: format === "bind" ? clause : key, public: { name: keyName, algorithm }, expiresAt: null };
  },
});
