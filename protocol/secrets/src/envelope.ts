import { createCipheriv, createDecipheriv, randomBytes, randomFillSync } from "node:crypto";
import { ProviderError, type Secret } from "@nixops4-resources/protocol-core";
import { decryptWith, encryptTo } from "./age/age.ts";
import type { ErrorCode } from "./errors.ts";

const algorithm = "aes-256-gcm";
const formatVersion = 1;
const nonceBytes = 12;
const tagBytes = 16;
/** The version, the nonce, the length of the associated data. */
const fixedBytes = 1 + nonceBytes + 2;

/**
 * A random AES-256 key that is kept beside what it encrypts, itself encrypted to age recipients ("wrapped"). Other
 * recipients then mean another wrapping and no change to the data. Whoever keeps both sees no value; but since anybody can
 * encrypt to a recipient, he could put values of his own in their place.
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

  /** Throws `secret.identity.mismatch` where it was wrapped to others, and `secret.encrypted.damaged`. */
  static async unwrap(wrapped: Uint8Array, identity: Secret): Promise<DataKey> {
    const key = await decryptWith(identity, wrapped);
    if (key.length !== 32) throw damaged(`its data key has ${key.length} bytes instead of 32`);
    return new DataKey(key, wrapped);
  }

  /** The same key wrapped to these recipients and nobody else. */
  async rewrap(recipients: readonly string[]): Promise<Uint8Array> {
    return await encryptTo(recipients, this.#key);
  }

  /**
   * Encrypts. `associatedData` says what the plaintext is, such as `secret shop/db version 3`: it is authenticated, not
   * hidden, and only under the same words it can be opened. At most 65535 bytes.
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

  /** Throws `secret.encrypted.damaged` where a byte was changed, and `secret.encrypted.moved` under other associated data. */
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
      throw new ProviderError<ErrorCode>(`it was made for ${data}, and stands in the place of ${associatedData}`, {
        code: "secret.encrypted.moved",
        hint: "Somebody copied or moved it: put back what belongs here",
      });
    }
    return plaintext;
  }
}

/** The parts of what `seal` wrote; nothing of it is trusted before the tag was checked. */
function parse(sealed: Buffer) {
  if (sealed[0] !== formatVersion)
    throw damaged(`its format version is ${sealed[0] ?? "missing"}, not ${formatVersion}`);
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
    hint: "Put back the last good copy",
    cause,
  });
}
