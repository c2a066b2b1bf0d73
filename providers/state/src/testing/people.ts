import { makeSecretFile, type SecretFile } from "@nixops4-resources/protocol-postgres/testing";
import { generateX25519Identity, identityToRecipient } from "age-encryption";

/** A person with their own age identity. */
export interface Person extends SecretFile {
  readonly recipient: string;
}

/** Call it where tests are declared, with `await`. */
export async function makePerson(): Promise<Person> {
  const identity = await generateX25519Identity();
  return { ...makeSecretFile(identity), recipient: await identityToRecipient(identity) };
}
