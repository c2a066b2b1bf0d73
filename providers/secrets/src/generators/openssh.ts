// Private keys in OpenSSH's format, without a passphrase. Sources: PROTOCOL.key of OpenSSH
// (https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.key) for the file; RFC 4253 section 6.6 (RSA), RFC 5656 section 3.1
// (ECDSA) and RFC 8709 section 4 (Ed25519) for the keys.
import { randomBytes, type JsonWebKey, type KeyObject } from "node:crypto";
import { encodeMpint, encodeString, encodeUint32 } from "@nixops4-resources/protocol-secrets/ssh-wire";

/** The private key's file and the public key's line. */
export function toOpenSsh(key: KeyObject, comment: string): { privateKey: string; publicKey: string } {
  const { type, publicFields, privateFields } = fieldsOf(key.export({ format: "jwk" }));
  const publicBlob = Buffer.concat([encodeString(type), ...publicFields]);
  const check = randomBytes(4);
  const privateBlob = padded(
    Buffer.concat([check, check, encodeString(type), ...privateFields, encodeString(comment)]),
  );
  const file = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    encodeString("none"),
    encodeString("none"),
    encodeString(""),
    encodeUint32(1),
    encodeString(publicBlob),
    encodeString(privateBlob),
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
  const number = (name: keyof JsonWebKey): Buffer => encodeMpint(bytes(name));
  switch (jwk.kty) {
    case "OKP": {
      const publicKey = bytes("x");
      const fields = [encodeString(publicKey)];
      return {
        type: "ssh-ed25519",
        publicFields: fields,
        privateFields: [...fields, encodeString(Buffer.concat([bytes("d"), publicKey]))],
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
      const fields = [encodeString(curve), encodeString(Buffer.concat([Buffer.from([4]), bytes("x"), bytes("y")]))];
      return { type: `ecdsa-sha2-${curve}`, publicFields: fields, privateFields: [...fields, number("d")] };
    }
  }
}

/** Padded to a multiple of 8 bytes with 1, 2, 3, ... */
function padded(blob: Buffer): Buffer {
  const padding = Array.from({ length: (8 - (blob.length % 8)) % 8 }, (_, index) => index + 1);
  return Buffer.concat([blob, Buffer.from(padding)]);
}
