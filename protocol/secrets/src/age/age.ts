import type { webcrypto } from "node:crypto";
import { ProviderError, type Secret } from "@nixops4-resources/protocol-core";
import type { Identity, Recipient } from "age-encryption";
import type { ErrorCode } from "../errors.ts";

/** First line of age's text format, a strict PEM that survives mail, git and diffs. */
const armorBegin = "-----BEGIN AGE ENCRYPTED FILE-----";

/**
 * Encrypts to all recipients; the identity of any one of them decrypts. Recipients are `age1...`, `ssh-ed25519 AAAA...`
 * or `ssh-rsa AAAA...`, as on age's command line. Throws `secret.recipient.invalid`.
 *
 * The format is age's (https://age-encryption.org/v1). The library is loaded here, on first use.
 */
export async function encryptTo(
  recipients: readonly string[],
  plaintext: Uint8Array,
  form: "binary" | "armored" = "binary",
): Promise<Uint8Array> {
  const { armor, Encrypter } = await import("./library.ts");
  if (recipients.length === 0) throw invalidRecipient("the list of recipients is empty");
  const encrypter = new Encrypter();
  for (const recipient of new Set(recipients)) {
    try {
      encrypter.addRecipient(await toRecipient(recipient));
    } catch (cause) {
      if (cause instanceof ProviderError) throw cause;
      // `age1` and the data of a native recipient contain no other 1; a plugin's recipient has its name before one.
      const [, plugin] = /^age1([a-z0-9+._-]+)1/.exec(recipient) ?? [];
      if (plugin !== undefined) throw foreignRecipient(recipient, plugin, cause);
      throw invalidRecipient(`\`${recipient}\` is not a complete recipient`, cause);
    }
  }
  const encrypted = await readAll(await encrypter.encrypt(streamOf(plaintext)));
  return form === "binary" ? encrypted : Buffer.from(armor.encode(encrypted));
}

/**
 * Decrypts an age file, binary or armored. `identity` is the text of an age identity file (which may have comments and
 * several keys) or of an SSH private key without a passphrase.
 * Throws `secret.identity.invalid`, `secret.identity.mismatch` or `secret.encrypted.damaged`.
 */
export async function decryptWith(identity: Secret, ciphertext: Uint8Array): Promise<Uint8Array> {
  const { armor, Decrypter } = await import("./library.ts");
  const decrypter = new Decrypter();
  for (const key of await readIdentity(identity)) {
    for (const one of key.identities) decrypter.addIdentity(one);
  }
  try {
    const text = Buffer.from(ciphertext).toString("latin1").trimStart();
    const binary = text.startsWith(armorBegin) ? armor.decode(text) : ciphertext;
    return await readAll(await decrypter.decrypt(streamOf(binary)));
  } catch (cause) {
    throw cause instanceof Error && cause.message.startsWith("no identity matched") ? mismatch(cause) : damaged(cause);
  }
}

/** The recipients of the keys in an identity: `age1...`, or the public key line of an SSH key. */
export async function recipientsOf(identity: Secret): Promise<string[]> {
  const keys = await readIdentity(identity);
  return await Promise.all(keys.map(({ recipient }) => recipient()));
}

// The library wraps other inputs in a Response, for which Node loads all of fetch: that doubles the time.
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
  /** The forms in which the key decrypts. */
  identities: (string | Identity | webcrypto.CryptoKey)[];
  recipient: () => Promise<string>;
}

async function readIdentity(identity: Secret): Promise<Key[]> {
  const text = identity.revealText();
  if (/^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/m.test(text)) return [await readSshIdentity(text)];
  const { Decrypter, identityToRecipient } = await import("./library.ts");
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (keys.length === 0) throw invalidIdentity("it contains no key");
  return keys.map((key) => {
    const [, plugin] = /^AGE-PLUGIN-([A-Z0-9+._-]+)-1/.exec(key) ?? [];
    if (plugin !== undefined) throw foreignIdentity(plugin.toLowerCase());
    try {
      // Only this checks that the key is complete.
      new Decrypter().addIdentity(key);
    } catch {
      // The library's own error may quote the key.
      throw invalidIdentity("it is neither an age identity (AGE-SECRET-KEY-1...) nor an SSH private key");
    }
    return { identities: [key], recipient: () => identityToRecipient(key) };
  });
}

async function readSshIdentity(text: string): Promise<Key> {
  const { sshIdentity, x25519Identity } = await import("./ssh.ts");
  const { publicHalf, readPrivateKey, toPublicKeyLine, UnsupportedKey } = await import("../ssh/key.ts");
  try {
    const key = readPrivateKey(text);
    const x25519 = await x25519Identity(key);
    return {
      identities: [sshIdentity(key), ...(x25519 === undefined ? [] : [x25519])],
      recipient: async () => toPublicKeyLine(publicHalf(key)),
    };
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
  // The user may have confused the private key with the public one.
  const shown = /SECRET|PRIVATE/i.test(text) ? "a private key" : `\`${text.slice(0, 80)}\``;
  throw invalidRecipient(`${shown} is not a recipient`);
}

function invalidRecipient(reason: string, cause?: unknown): ProviderError {
  return new ProviderError<ErrorCode>(reason, {
    code: "secret.recipient.invalid",
    hint: "Use the output of `age-keygen -y` (`age1...`) or an SSH public key (ssh-ed25519 or ssh-rsa)",
    cause,
  });
}

function foreignRecipient(recipient: string, plugin: string, cause: unknown): ProviderError {
  return new ProviderError<ErrorCode>(
    `\`${recipient}\` is a recipient of the age plugin ${plugin}, and plugins work only with age's own program`,
    {
      code: "secret.recipient.invalid",
      hint: `Use a recipient of a key that needs no plugin (\`age1...\` of age-keygen, or an SSH public key), in place of or beside the one of ${plugin}`,
      cause,
    },
  );
}

function foreignIdentity(plugin: string): ProviderError {
  return new ProviderError<ErrorCode>(
    `the identity cannot be used: it belongs to the age plugin ${plugin}, and plugins work only with age's own program`,
    {
      code: "secret.identity.invalid",
      hint: `Read a file that is encrypted to it by a reference \`command = [ "age" "--decrypt" "--identity" IDENTITY FILE ]\`, with age-plugin-${plugin} on PATH; for a store, use an identity without a plugin`,
    },
  );
}

function invalidIdentity(reason: string): ProviderError {
  return new ProviderError<ErrorCode>(`the identity cannot be used: ${reason}`, {
    code: "secret.identity.invalid",
    hint: "Use a file written by `age-keygen`, or an SSH private key without a passphrase (ssh-ed25519 or ssh-rsa)",
  });
}

function mismatch(cause: unknown): ProviderError {
  return new ProviderError<ErrorCode>("it is not encrypted to this identity", {
    code: "secret.identity.mismatch",
    hint: "Use the identity of one of its recipients, or ask the owner of such an identity to add this one's recipient",
    cause,
  });
}

function damaged(cause: unknown): ProviderError {
  return new ProviderError<ErrorCode>(
    `it is damaged: it is not a complete age file (${cause instanceof Error ? cause.message : String(cause)})`,
    { code: "secret.encrypted.damaged", hint: "Restore the last good copy", cause },
  );
}
