import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { defineGenerator } from "./generator.ts";

/** Keys have the length of the hash, as `tsig-keygen` creates them: HMAC would shorten a longer key. */
const keyBytes = { "hmac-sha256": 32, "hmac-sha384": 48, "hmac-sha512": 64 } as const;

export const tsig = defineGenerator({
  description:
    "Key that signs DNS updates and zone transfers (TSIG), in base64. Public parts: `name` and `algorithm`, which clients need too.",
  inputs: () => ({
    keyName: option(
      z.string().check(z.regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?$/), z.maxLength(254)),
      "Name of the key at server and client: a domain name, such as `acme.example.org`.",
    ),
    algorithm: option(
      z.enum(["hmac-sha256", "hmac-sha384", "hmac-sha512"]),
      "Hash algorithm of the signature.",
      "hmac-sha256",
    ),
    format: option(
      z.enum(["base64", "bind"]),
      "Format of the value: `base64` is only the key, `bind` is a `key` clause for named.conf.",
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
