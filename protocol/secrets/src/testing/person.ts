import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DirectSecretRef } from "@nixops4-resources/protocol-core";
import { generateX25519Identity, identityToRecipient } from "age-encryption";

/** A person with their own age identity. */
export interface Person extends AsyncDisposable {
  /** The identity file, in the format of age-keygen. */
  identity: DirectSecretRef & { file: string };
  recipient: string;
}

export async function makePerson(): Promise<Person> {
  const folder = mkdtempSync(join(tmpdir(), "nixops4-person-"));
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const file = join(folder, "identity");
  writeFileSync(file, `# public key: ${recipient}\n${identity}\n`, { mode: 0o600 });
  return { identity: { file }, recipient, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
