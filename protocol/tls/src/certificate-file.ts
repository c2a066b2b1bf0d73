import { ProviderError } from "@nixops4-resources/protocol-core";
import { readUserFile, UnreadableFile } from "@nixops4-resources/protocol-core/files";
import type { ErrorCode } from "./errors.ts";

/** The authorities of a whole system take a fifth of it. */
const largestBytes = 1_048_576;

/** The text of a PEM file. `input` names the input that refers to it, such as `connection.ca`. */
export async function readCertificates(file: string, input: string): Promise<string> {
  const text = await readText(file, input);
  if (text.includes("-----BEGIN ")) return text;
  throw failure(`${file} contains no certificate in PEM`, `Put the certificate there, or change \`${input}\``);
}

async function readText(file: string, input: string): Promise<string> {
  try {
    return (await readUserFile(file, { largestBytes })).toString();
  } catch (cause) {
    if (!(cause instanceof UnreadableFile)) throw cause;
    const hint = `Put the certificate there, readable for the user who runs nixops4, or change \`${input}\``;
    throw failure(`${file} cannot be read: ${cause.message}`, hint, cause);
  }
}

const failure = (reason: string, hint: string, cause?: unknown): ProviderError<ErrorCode> =>
  new ProviderError<ErrorCode>(reason, { code: "tls.file", hint, cause });
