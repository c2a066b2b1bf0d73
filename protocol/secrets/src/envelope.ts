import { createCipheriv, createDecipheriv, randomBytes, randomFillSync } from "node:crypto";
import { ProviderError, type Secret } from "@nixops4-resources/protocol-core";
import { decryptWith, encryptTo } from "./age/age.ts";
import type { ErrorCode } from "./errors.ts";

const algorithm = "aes-256-gcm";
const formatVersion = 1;
const nonceBytes = 12;
const tagBytes = 16;
/** Format version, nonce, and length of the associated data. */
const fixedBytes = 1 + nonceBytes + 2;

/**
 * A random AES-256 key, stored beside the data that it encrypts and itself encrypted to age recipients ("wrapped"). New
 * recipients need a new wrapping, but no change to the data. The server that stores both cannot read a value. It could
 * replace key and value together with its own, since anybody can encrypt to a recipient.
 *
 * One key seals at most 2^32 texts (NIST SP 800-38D, 8.3).
 */
export class DataKey {
  readonly wrapped: Uint8Array;
  readonly #key: Uint8Array;

  private constructor(key: Uint8Array, wrapped: Uint8Array) {
    this.#key = key;
    this.wrapped = wrapped;
  }

  static async make(recipients: readonly string[]): Promise<DataKey> {
    const key = randomBytes(32);
    return new DataKey(key, await encryptTo(recipients, key));
  }

  /** Throws `secret.identity.mismatch` if the identity is no recipient, and `secret.encrypted.damaged`. */
  static async unwrap(wrapped: Uint8Array, identity: Secret): Promise<DataKey> {
    const key = await decryptWith(identity, wrapped);
    if (key.length !== 32) throw damaged(`its data key has ${key.length} bytes, expected 32`);
    return new DataKey(key, wrapped);
  }

  /** Wraps the same key to these recipients only. */
  async rewrap(recipients: readonly string[]): Promise<Uint8Array> {
    return await encryptTo(recipients, this.#key);
  }

  /**
   * Encrypts. `associatedData` says what the plaintext is, such as `secret shop/db version 3`. It is authenticated but
   * not encrypted, and `open` needs the same text. At most 65535 bytes.
   */
  seal(plaintext: Uint8Array, associatedData: string): Buffer {
    const data = Buffer.from(associatedData);
    const header = randomFillSync(Buffer.alloc(fixedBytes), 1, nonceBytes);
    header.writeUInt8(formatVersion);
    header.writeUInt16BE(data.length, 1 + nonceBytes);
    const cipher = createCipheriv(algorithm, this.#key, nonceOf(header), { authTagLength: tagBytes });
    cipher.setAAD(Buffer.concat([header, data]));
    return Buffer.concat([header, data, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  /**
   * Throws `secret.encrypted.damaged` if a byte was changed, and `secret.encrypted.moved` for other associated data.
   */
  open(sealed: Uint8Array, associatedData: string): Buffer {
    const { authenticated, nonce, data, ciphertext, tag } = parse(Buffer.from(sealed));
    const decipher = createDecipheriv(algorithm, this.#key, nonce, { authTagLength: tagBytes });
    decipher.setAAD(authenticated).setAuthTag(tag);
    const plaintext = decipher.update(ciphertext);
    try {
      decipher.final();
    } catch (cause) {
      throw damaged("it was changed after it was encrypted, or another key encrypted it", cause);
    }
    if (data !== associatedData) {
      throw new ProviderError<ErrorCode>(
        `it was encrypted as ${data}, but was found in the place of ${associatedData}`,
        {
          code: "secret.encrypted.moved",
          hint: "Restore the original from a backup: somebody copied or moved this one",
        },
      );
    }
    return plaintext;
  }
}

/** Splits a sealed text. No part is trustworthy until the tag was checked. */
function parse(sealed: Buffer) {
  if (sealed[0] !== formatVersion)
    throw damaged(`its format version is ${sealed[0] ?? "missing"}, expected ${formatVersion}`);
  if (sealed.length < fixedBytes + tagBytes) throw damaged("its end is missing");
  const dataEnd = fixedBytes + sealed.readUInt16BE(1 + nonceBytes);
  if (sealed.length < dataEnd + tagBytes) throw damaged("its end is missing");
  return {
    authenticated: sealed.subarray(0, dataEnd),
    nonce: nonceOf(sealed),
    data: sealed.subarray(fixedBytes, dataEnd).toString(),
    ciphertext: sealed.subarray(dataEnd, -tagBytes),
    tag: sealed.subarray(-tagBytes),
  };
}

const nonceOf = (sealed: Buffer): Buffer => sealed.subarray(1, 1 + nonceBytes);

function damaged(reason: string, cause?: unknown): ProviderError {
  return new ProviderError<ErrorCode>(`it is damaged: ${reason}`, {
    code: "secret.encrypted.damaged",
    hint: "Restore the last good copy",
    cause,
  });
}
