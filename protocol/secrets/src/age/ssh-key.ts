import { createPrivateKey, type KeyObject } from "node:crypto";
import type { JsonWebKey } from "node:crypto";

/** An SSH public key: its type (`ssh-ed25519`, `ssh-rsa`), its fields after that, and all of it in the wire format. */
export interface SshPublicKey {
  type: string;
  fields: Buffer[];
  blob: Buffer;
}

/** The key in a line of an authorized_keys or .pub file; undefined where there is none. */
export function readPublicKeyLine(line: string): SshPublicKey | undefined {
  const [, type = "", base64 = ""] = /^(\S+)\s+([A-Za-z0-9+/]+=*)(?:\s.*)?$/.exec(line.trim()) ?? [];
  const blob = Buffer.from(base64, "base64");
  const [inside, ...fields] = readStrings(blob) ?? [];
  return inside === undefined || inside.toString() !== type ? undefined : { type, fields, blob };
}

/** The same, as such a line. */
export const toPublicKeyLine = ({ type, blob }: SshPublicKey): string => `${type} ${blob.toString("base64")}`;

/** The public half of a private key, in SSH's wire format. Throws where SSH, or age, has no such keys. */
export function publicHalf(key: KeyObject): SshPublicKey {
  const { kty, crv, x = "", e = "", n = "" } = key.export({ format: "jwk" });
  if (kty === "OKP" && crv === "Ed25519") return toPublicKey("ssh-ed25519", Buffer.from(x, "base64url"));
  if (kty === "RSA") return toPublicKey("ssh-rsa", toMpint(e), toMpint(n));
  throw new UnsupportedKey(`its type is ${crv ?? kty ?? "unknown"}, and age knows ssh-ed25519 and ssh-rsa`);
}

/** A private key that is none for us, for a reason that repeats nothing of it. */
export class UnsupportedKey extends Error {
  override readonly name = "UnsupportedKey";
}

/** A private key without passphrase, as ssh-keygen writes it or as PEM. Throws UnsupportedKey. */
export function readPrivateKey(text: string): KeyObject {
  const [, base64] =
    /-----BEGIN OPENSSH PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END OPENSSH PRIVATE KEY-----/.exec(text) ?? [];
  if (base64 !== undefined) return createPrivateKey({ format: "jwk", key: readOpenSsh(Buffer.from(base64, "base64")) });
  if (text.includes("ENCRYPTED")) throw new UnsupportedKey("it is protected by a passphrase");
  try {
    return createPrivateKey(text);
  } catch {
    // OpenSSL's message may repeat a line of the key.
    throw new UnsupportedKey("it is no private key that OpenSSL can read");
  }
}

const magic = "openssh-key-v1\0";

/** Source: https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key */
function readOpenSsh(bytes: Buffer): JsonWebKey {
  if (bytes.subarray(0, magic.length).toString() !== magic) throw new UnsupportedKey("it is damaged");
  const header = reader(bytes.subarray(magic.length));
  const [cipher] = [header.text(), header.text(), header.string()];
  if (cipher !== "none") throw new UnsupportedKey("it is protected by a passphrase");
  if (header.uint32() !== 1) throw new UnsupportedKey("it holds several keys");
  header.string();
  const key = reader(header.string());
  if (key.uint32() !== key.uint32()) throw new UnsupportedKey("it is damaged");
  const type = key.text();
  switch (type) {
    case "ssh-ed25519": {
      const [x, d] = [key.string(), key.string().subarray(0, 32)];
      return { kty: "OKP", crv: "Ed25519", x: x.toString("base64url"), d: d.toString("base64url") };
    }
    case "ssh-rsa": {
      const [n, e, d, qi, p, q] = [key.number(), key.number(), key.number(), key.number(), key.number(), key.number()];
      const parts = { n, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi };
      return {
        kty: "RSA",
        ...Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, toBase64Url(part)])),
      };
    }
    default:
      throw new UnsupportedKey(`its type is ${type}, and age knows ssh-ed25519 and ssh-rsa`);
  }
}

/** Reads SSH's data types one after the other. Source: RFC 4251, section 5. */
function reader(bytes: Buffer) {
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new UnsupportedKey("it is damaged");
    return bytes.subarray(at, (at += length));
  };
  const uint32 = (): number => take(4).readUInt32BE();
  const string = (): Buffer => take(uint32());
  return {
    uint32,
    string,
    text: (): string => string().toString(),
    number: (): bigint => BigInt(`0x0${string().toString("hex")}`),
    isAtEnd: (): boolean => at === bytes.length,
  };
}

function readStrings(bytes: Buffer): Buffer[] | undefined {
  const strings: Buffer[] = [];
  try {
    for (const read = reader(bytes); !read.isAtEnd();) strings.push(read.string());
  } catch (error) {
    if (error instanceof UnsupportedKey) return undefined;
    throw error;
  }
  return strings;
}

function toPublicKey(type: string, ...fields: Buffer[]): SshPublicKey {
  const blob = Buffer.concat([Buffer.from(type), ...fields].map(toString));
  return { type, fields, blob };
}

function toString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A positive number: a leading zero keeps the highest bit from being read as its sign. */
function toMpint(base64Url: string): Buffer {
  const bytes = Buffer.from(base64Url, "base64url");
  return (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.from([0]), bytes]);
}

function toBase64Url(number: bigint): string {
  const hex = number.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex").toString("base64url");
}
