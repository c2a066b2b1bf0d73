import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { defineGenerator, onlyValue } from "./generator.ts";

const sizeBytes = () => ({
  sizeBytes: option(
    z.int().check(z.minimum(8), z.maximum(1024)),
    "Number of random bytes, before encoding as text.",
    32,
  ),
});

/** Random bytes in one of Node's encodings. */
const token = (description: string, encoding: "hex" | "base64" | "base64url") =>
  defineGenerator({
    description,
    inputs: sizeBytes,
    async generate(inputs) {
      const { randomBytes } = await import("node:crypto");
      return onlyValue(randomBytes(inputs.sizeBytes).toString(encoding));
    },
  });

export const hex = token("Random bytes in hexadecimal digits.", "hex");
export const base64 = token("Random bytes in base64, for example a pre-shared key of WireGuard (32 bytes).", "base64");
export const base64url = token("Random bytes in base64url without padding: safe in URLs and file names.", "base64url");

export const uuid = defineGenerator({
  description: "Random UUID (version 4): 122 random bits.",
  inputs: () => ({}),
  async generate() {
    const { randomUUID } = await import("node:crypto");
    return onlyValue(randomUUID());
  },
});
