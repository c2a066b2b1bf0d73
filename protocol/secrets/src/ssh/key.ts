import { createPrivateKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { encodeString, mpintContent, TruncatedError, WireReader } from "./wire.ts";

/**
 * An SSH public key: its type (`ssh-ed25519`, `ssh-rsa`), the fields after the type, and all of it in the wire format.
 */
export interface SshPublicKey {
  type: string;
  fields: Buffer[];
  blob: Buffer;
}

/** The key in a line of an authorized_keys or .pub file; undefined if the line has no valid key. */
export function readPublicKeyLine(line: string): SshPublicKey | undefined {
  const [, type = "", base64 = ""] = /^(\S+)\s+([A-Za-z0-9+/]+=*)(?:\s.*)?$/.exec(line.trim()) ?? [];
  const blob = Buffer.from(base64, "base64");
  const [inside, ...fields] = readStrings(blob) ?? [];
  return inside === undefined || inside.toString() !== type ? undefined : { type, fields, blob };
}

/** The key as a line of an authorized_keys file. */
export const toPublicKeyLine = ({ type, blob }: SshPublicKey): string => `${type} ${blob.toString("base64")}`;

/** The public half of a private key. Throws UnsupportedKey for types other than Ed25519 and RSA. */
export function publicHalf(key: KeyObject): SshPublicKey {
  const { kty, crv, x = "", e = "", n = "" } = key.export({ format: "jwk" });
  if (kty === "OKP" && crv === "Ed25519") return toPublicKey("ssh-ed25519", fromBase64Url(x));
  if (kty === "RSA") return toPublicKey("ssh-rsa", mpintContent(fromBase64Url(e)), mpintContent(fromBase64Url(n)));
  throw unsupportedType(crv ?? kty ?? "unknown");
}

/** A private key that cannot be used. The message quotes nothing of the key. */
export class UnsupportedKey extends Error {
  override readonly name = "UnsupportedKey";
}

/** Reads a private key without a passphrase, in OpenSSH's format or PEM. Throws UnsupportedKey. */
export function readPrivateKey(text: string): KeyObject {
  const [, base64] =
    /-----BEGIN OPENSSH PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END OPENSSH PRIVATE KEY-----/.exec(text) ?? [];
  if (base64 !== undefined) return createPrivateKey({ format: "jwk", key: readOpenSsh(Buffer.from(base64, "base64")) });
  if (text.includes("ENCRYPTED")) throw new UnsupportedKey("it is protected by a passphrase");
  try {
    return createPrivateKey(text);
  } catch {
    // OpenSSL's message may quote a line of the key.
    throw new UnsupportedKey("OpenSSL cannot read it as a private key");
  }
}

function readOpenSsh(bytes: Buffer): JsonWebKey {
  try {
    return parseOpenSsh(bytes);
  } catch (error) {
    throw error instanceof TruncatedError ? damaged() : error;
  }
}

const magic = "openssh-key-v1\0";

/** Source: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key */
function parseOpenSsh(bytes: Buffer): JsonWebKey {
  if (bytes.subarray(0, magic.length).toString() !== magic) throw damaged();
  const header = new WireReader(bytes.subarray(magic.length));
  const [cipher] = [header.text(), header.text(), header.string()];
  if (cipher !== "none") throw new UnsupportedKey("it is protected by a passphrase");
  if (header.uint32() !== 1) throw new UnsupportedKey("it contains several keys");
  header.string();
  const key = new WireReader(header.string());
  if (key.uint32() !== key.uint32()) throw damaged();
  const type = key.text();
  switch (type) {
    case "ssh-ed25519": {
      const [x, d] = [key.string(), key.string().subarray(0, 32)];
      return { kty: "OKP", crv: "Ed25519", x: x.toString("base64url"), d: d.toString("base64url") };
    }
    case "ssh-rsa": {
      const [n, e, d, qi, p, q] = [key.mpint(), key.mpint(), key.mpint(), key.mpint(), key.mpint(), key.mpint()];
      const parts = { n, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi };
      return {
        kty: "RSA",
        ...Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, toBase64Url(part)])),
      };
    }
    default:
      throw unsupportedType(type);
  }
}

const damaged = (): UnsupportedKey => new UnsupportedKey("it is damaged");

const unsupportedType = (type: string): UnsupportedKey =>
  new UnsupportedKey(`its type is ${type}, but age supports only ssh-ed25519 and ssh-rsa`);

function readStrings(bytes: Buffer): Buffer[] | undefined {
  const strings: Buffer[] = [];
  try {
    for (const reader = new WireReader(bytes); !reader.isAtEnd;) strings.push(reader.string());
  } catch (error) {
    if (error instanceof TruncatedError) return undefined;
    throw error;
  }
  return strings;
}

function toPublicKey(type: string, ...fields: Buffer[]): SshPublicKey {
  return { type, fields, blob: Buffer.concat([Buffer.from(type), ...fields].map(encodeString)) };
}

const fromBase64Url = (text: string): Buffer => Buffer.from(text, "base64url");

function toBase64Url(number: bigint): string {
  const hex = number.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex").toString("base64url");
}
