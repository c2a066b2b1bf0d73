// Private keys as OpenSSH writes them, without a passphrase. Sources: PROTOCOL.key of OpenSSH
// (https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.key) for the file, RFC 4253 section 6.6 (RSA), RFC 5656 section 3.1
// (ECDSA) and RFC 8709 section 4 (Ed25519) for the keys, RFC 4251 section 5 for strings and numbers.
import { randomBytes, type JsonWebKey, type KeyObject } from "node:crypto";

/** The file of the private key, and the line of the public one. */
export function toOpenSsh(key: KeyObject, comment: string): { privateKey: string; publicKey: string } {
  const { type, publicFields, privateFields } = fieldsOf(key.export({ format: "jwk" }));
  const publicBlob = Buffer.concat([string(type), ...publicFields]);
  const check = randomBytes(4);
  const privateBlob = padded(Buffer.concat([check, check, string(type), ...privateFields, string(comment)]));
  const file = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    string("none"),
    string("none"),
    string(""),
    uint32(1),
    string(publicBlob),
    string(privateBlob),
  ]);
  const lines = file.toString("base64").match(/.{1,70}/g) ?? [];
  return {
    privateKey: ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n"),
    publicKey: `${type} ${publicBlob.toString("base64")} ${comment}`.trimEnd(),
  };
}

interface Fields {
  type: string;
  publicFields: Buffer[];
  privateFields: Buffer[];
}

function fieldsOf(jwk: JsonWebKey): Fields {
  const bytes = (name: keyof JsonWebKey): Buffer => Buffer.from(String(jwk[name]), "base64url");
  const number = (name: keyof JsonWebKey): Buffer => mpint(bytes(name));
  switch (jwk.kty) {
    case "OKP": {
      const publicKey = bytes("x");
      const fields = [string(publicKey)];
      return {
        type: "ssh-ed25519",
        publicFields: fields,
        privateFields: [...fields, string(Buffer.concat([bytes("d"), publicKey]))],
      };
    }
    case "RSA": {
      return {
        type: "ssh-rsa",
        publicFields: [number("e"), number("n")],
        privateFields: [number("n"), number("e"), number("d"), number("qi"), number("p"), number("q")],
      };
    }
    case undefined:
    default: {
      const curve = `nistp${String(jwk.crv).slice("P-".length)}`;
      const fields = [string(curve), string(Buffer.concat([Buffer.from([4]), bytes("x"), bytes("y")]))];
      return { type: `ecdsa-sha2-${curve}`, publicFields: fields, privateFields: [...fields, number("d")] };
    }
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** A number that is not negative: without leading zeros, but for one where it would look negative. */
function mpint(value: Buffer): Buffer {
  const start = value.findIndex((byte) => byte !== 0);
  const digits = value.subarray(start);
  return string((digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

/** With 1, 2, 3, ... up to a multiple of 8 bytes. */
function padded(blob: Buffer): Buffer {
  const padding = Array.from({ length: (8 - (blob.length % 8)) % 8 }, (_, index) => index + 1);
  return Buffer.concat([blob, Buffer.from(padding)]);
}
