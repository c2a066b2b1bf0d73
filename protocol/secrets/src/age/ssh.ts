// Recipients `ssh-ed25519 ...` and `ssh-rsa ...`, as in age and agenix. The library age-encryption does not have them.
// Source: https://github.com/FiloSottile/age/blob/main/agessh/agessh.go
import {
  constants,
  createHash,
  createPublicKey,
  hkdfSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  webcrypto,
  type KeyObject,
} from "node:crypto";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { Stanza, type Identity, type Recipient } from "age-encryption";
import { publicHalf, type SshPublicKey } from "../ssh/key.ts";

const ed25519Label = "age-encryption.org/v1/ssh-ed25519";

/** Undefined for a key of another type. */
export function sshRecipient(key: SshPublicKey): Recipient | undefined {
  if (key.type === "ssh-ed25519") return ed25519Recipient(key);
  if (key.type === "ssh-rsa") return rsaRecipient(key);
  return undefined;
}

/** Throws UnsupportedKey for a key of another type. */
export function sshIdentity(key: KeyObject): Identity {
  const own = publicHalf(key);
  const unwrap = own.type === "ssh-ed25519" ? ed25519Unwrapper(key, own) : rsaUnwrapper(key);
  return {
    unwrapFileKey(stanzas) {
      for (const { args, body } of stanzas) {
        if (args[0] === own.type && args[1] === tagOf(own)) return unwrap(body, args[2] ?? "");
      }
      return null;
    },
  };
}

/**
 * The key as an X25519 identity, for files encrypted to the recipient `age1...` that ssh-to-age computes from its public
 * half. Undefined for a key of another type than Ed25519.
 */
export async function x25519Identity(key: KeyObject): Promise<webcrypto.CryptoKey | undefined> {
  const own = publicHalf(key);
  if (own.type !== "ssh-ed25519") return undefined;
  const x = ed25519Parts(own).montgomery.toString("base64url");
  const jwk = { kty: "OKP", crv: "X25519", x, d: scalarOf(key).toString("base64url") };
  return await webcrypto.subtle.importKey("jwk", jwk, "X25519", false, ["deriveBits"]);
}

type Unwrapper = (body: Uint8Array, share: string) => Uint8Array;

function ed25519Recipient(key: SshPublicKey): Recipient {
  const { tweak, montgomery } = ed25519Parts(key);
  return {
    wrapFileKey(fileKey) {
      const secret = randomBytes(32);
      const share = Buffer.from(x25519.getPublicKey(secret));
      const shared = x25519.getSharedSecret(tweak, x25519.getSharedSecret(secret, montgomery));
      const body = cipherOf(shared, share, montgomery).encrypt(fileKey);
      return [new Stanza([key.type, tagOf(key), unpadded(share)], body)];
    },
  };
}

function ed25519Unwrapper(key: KeyObject, own: SshPublicKey): Unwrapper {
  const { tweak, montgomery } = ed25519Parts(own);
  const scalar = scalarOf(key);
  return (body, base64) => {
    const share = Buffer.from(base64, "base64");
    const shared = x25519.getSharedSecret(tweak, x25519.getSharedSecret(scalar, share));
    return cipherOf(shared, share, montgomery).decrypt(body);
  };
}

/** X25519 clamps the scalar. Source: RFC 8032, section 5.1.5 */
function scalarOf(key: KeyObject): Buffer {
  const seed = Buffer.from(key.export({ format: "jwk" }).d ?? "", "base64url");
  return createHash("sha512").update(seed).digest().subarray(0, 32);
}

/** The tweak binds the shared secret to the SSH key, so that the same point used elsewhere gives another secret. */
function ed25519Parts({ fields: [point = Buffer.alloc(0)], blob }: SshPublicKey) {
  return { tweak: derive(new Uint8Array(), blob), montgomery: Buffer.from(ed25519.utils.toMontgomery(point)) };
}

/** The nonce may be zero, since each key is used once. */
const cipherOf = (shared: Uint8Array, share: Buffer, montgomery: Buffer) =>
  chacha20poly1305(derive(shared, Buffer.concat([share, montgomery])), new Uint8Array(12));

const derive = (key: Uint8Array, salt: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", key, salt, ed25519Label, 32));

const oaep = {
  padding: constants.RSA_PKCS1_OAEP_PADDING,
  oaepHash: "sha256",
  oaepLabel: Buffer.from("age-encryption.org/v1/ssh-rsa"),
} as const;

function rsaRecipient(key: SshPublicKey): Recipient {
  const [e = "", n = ""] = key.fields.map((field) => field.toString("base64url"));
  const publicKey = createPublicKey({ format: "jwk", key: { kty: "RSA", e, n } });
  return {
    wrapFileKey: (fileKey) => [new Stanza([key.type, tagOf(key)], publicEncrypt({ key: publicKey, ...oaep }, fileKey))],
  };
}

const rsaUnwrapper =
  (key: KeyObject): Unwrapper =>
  (body) =>
    privateDecrypt({ key, ...oaep }, body);

const tagOf = ({ blob }: SshPublicKey): string => unpadded(createHash("sha256").update(blob).digest().subarray(0, 4));

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replaceAll("=", "");
