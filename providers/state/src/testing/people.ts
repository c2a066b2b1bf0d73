import { makeSecretFile, type SecretFile } from "@nixops4-resources/protocol-postgres/testing";
import { generateX25519Identity, identityToRecipient } from "age-encryption";

/** Somebody with an age identity of his own. */
export interface Person extends SecretFile {
  readonly recipient: string;
}

/** Call it where tests are declared, with `await`. */
export async function makePerson(): Promise<Person> {
  const identity = await generateX25519Identity();
  return { ...makeSecretFile(identity), recipient: await identityToRecipient(identity) };
}
