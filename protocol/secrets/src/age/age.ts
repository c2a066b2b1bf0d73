import { ProviderError, type Secret } from "@nixops4-resources/protocol-core";
import type { Identity, Recipient } from "age-encryption";
import type { ErrorCode } from "../errors.ts";

/** age's text form: a strict PEM that survives mail, git and diffs. */
const armorBegin = "-----BEGIN AGE ENCRYPTED FILE-----";

/**
 * Encrypts to all recipients: each of their identities alone decrypts it. They are `age1...`, `ssh-ed25519 AAAA...` or
 * `ssh-rsa AAAA...`, as the age command line takes them. Throws `secret.recipient.invalid`.
 *
 * The format is age's (https://age-encryption.org/v1). The library is loaded here, with the first secret that needs it.
 */
export async function encryptTo(
  recipients: readonly string[],
  plaintext: Uint8Array,
  form: "binary" | "armored" = "binary",
): Promise<Uint8Array> {
  const { armor, Encrypter } = await import("./library.ts");
  if (recipients.length === 0) throw invalidRecipient("there are no recipients to encrypt to");
  const encrypter = new Encrypter();
  for (const recipient of new Set(recipients)) {
    try {
      encrypter.addRecipient(await toRecipient(recipient));
    } catch (cause) {
      if (cause instanceof ProviderError) throw cause;
      throw invalidRecipient(`\`${recipient}\` is not a whole recipient`, cause);
    }
  }
  const encrypted = await readAll(await encrypter.encrypt(streamOf(plaintext)));
  return form === "binary" ? encrypted : Buffer.from(armor.encode(encrypted));
}

/**
 * Decrypts an age file, binary or armored. `identity` is the text of an age identity file (with comments and several keys)
 * or of an SSH private key without passphrase.
 * Throws `secret.identity.invalid`, `secret.identity.mismatch` or `secret.encrypted.damaged`.
 */
export async function decryptWith(identity: Secret, ciphertext: Uint8Array): Promise<Uint8Array> {
  const { armor, Decrypter } = await import("./library.ts");
  const decrypter = new Decrypter();
  for (const key of await readIdentity(identity)) decrypter.addIdentity(key.identity);
  try {
    const text = Buffer.from(ciphertext).toString("latin1").trimStart();
    const binary = text.startsWith(armorBegin) ? armor.decode(text) : ciphertext;
    return await readAll(await decrypter.decrypt(streamOf(binary)));
  } catch (cause) {
    throw cause instanceof Error && cause.message.startsWith("no identity matched") ? mismatch(cause) : damaged(cause);
  }
}

/** The recipients that belong to the keys of an identity: `age1...`, or the public key line of an SSH key. */
export async function recipientsOf(identity: Secret): Promise<string[]> {
  const keys = await readIdentity(identity);
  return await Promise.all(keys.map(({ recipient }) => recipient()));
}

// The library reads what is not a stream by a Response, for which Node loads all of fetch: that doubles the time.
const streamOf = (bytes: Uint8Array): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });

async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

interface Key {
  identity: string | Identity;
  recipient: () => Promise<string>;
}

async function readIdentity(identity: Secret): Promise<Key[]> {
  const text = identity.reveal();
  if (/^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/m.test(text)) return [await readSshIdentity(text)];
  const { Decrypter, identityToRecipient } = await import("./library.ts");
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (keys.length === 0) throw invalidIdentity("there is no key in it");
  return keys.map((key) => {
    if (key.startsWith("AGE-PLUGIN-")) {
      throw invalidIdentity("it is of an age plugin, and these run in age's command line only");
    }
    try {
      // Only this tells whether all of it is there.
      new Decrypter().addIdentity(key);
    } catch {
      // Not the library's error: it may quote the key.
      throw invalidIdentity("it is neither an age identity (AGE-SECRET-KEY-1...) nor a private key of SSH");
    }
    return { identity: key, recipient: () => identityToRecipient(key) };
  });
}

async function readSshIdentity(text: string): Promise<Key> {
  const { sshIdentity } = await import("./ssh.ts");
  const { publicHalf, readPrivateKey, toPublicKeyLine, UnsupportedKey } = await import("../ssh/key.ts");
  try {
    const key = readPrivateKey(text);
    return { identity: sshIdentity(key), recipient: async () => toPublicKeyLine(publicHalf(key)) };
  } catch (error) {
    throw error instanceof UnsupportedKey ? invalidIdentity(error.message) : error;
  }
}

async function toRecipient(text: string): Promise<string | Recipient> {
  if (text.startsWith("age1")) return text;
  const { sshRecipient } = await import("./ssh.ts");
  const { readPublicKeyLine } = await import("../ssh/key.ts");
  const key = readPublicKeyLine(text);
  const recipient = key && sshRecipient(key);
  if (recipient !== undefined) return recipient;
  // Somebody may have mixed up the two halves.
  const shown = /SECRET|PRIVATE/i.test(text) ? "a private key" : `\`${text.slice(0, 80)}\``;
  throw invalidRecipient(`${shown} is not a recipient`);
}

function invalidRecipient(reason: string, cause?: unknown): ProviderError {
  return new ProviderError<ErrorCode>(reason, {
    code: "secret.recipient.invalid",
    hint: "Recipients are `age1...` (age-keygen -y) or public keys of SSH (ssh-ed25519 or ssh-rsa)",
    cause,
  });
}

function invalidIdentity(reason: string): ProviderError {
  return new ProviderError<ErrorCode>(`the identity cannot be used: ${reason}`, {
    code: "secret.identity.invalid",
    hint: "Give the text that `age-keygen` writes, or an SSH key without passphrase (ssh-ed25519 or ssh-rsa)",
  });
}

function mismatch(cause: unknown): ProviderError {
  return new ProviderError<ErrorCode>("it is not encrypted to this identity", {
    code: "secret.identity.mismatch",
    hint: "Use the identity of one of its recipients, or let somebody who has one add this identity's recipient",
    cause,
  });
}

function damaged(cause: unknown): ProviderError {
  return new ProviderError<ErrorCode>(
    `it is damaged: this is no whole age file (${cause instanceof Error ? cause.message : String(cause)})`,
    { code: "secret.encrypted.damaged", hint: "Put back the last good copy", cause },
  );
}
