import { readFileSync } from "node:fs";
import { ProviderError } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "./errors.ts";

/** The text of a PEM file. `input` names the input that refers to it, such as `connection.ca`. */
export function readCertificates(file: string, input: string): string {
  const text = readText(file, input);
  if (text.includes("-----BEGIN ")) return text;
  throw failure(`${file} contains no certificate in PEM`, `Put the certificate there, or change \`${input}\``);
}

function readText(file: string, input: string): string {
  try {
    // node:fs/promises takes 3 ms to load.
    return readFileSync(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "it cannot be opened";
    const hint = `Put the certificate there, readable for the user who runs nixops4, or change \`${input}\``;
    throw failure(`${file} cannot be read: ${why}`, hint, cause);
  }
}

const failure = (reason: string, hint: string, cause?: unknown): ProviderError<ErrorCode> =>
  new ProviderError<ErrorCode>(reason, { code: "tls.file", hint, cause });
