// Other forms of an SSH public key, computed from its line.
import { createHash } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { bech32 } from "@scure/base";

/** Numbers of algorithms in SSHFP records. Sources: RFC 4255, 6594 and 7479. */
const algorithmNumbers = { "ssh-rsa": 1, "ecdsa-sha2-": 3, "ssh-ed25519": 4 };
const sha256Number = 2;

/** The value of the SSHFP record. Empty if the line is no known key. */
export function sshfpOf(line: string): string[] {
  const { type, blob } = partsOf(line);
  return Object.entries(algorithmNumbers)
    .filter(([start]) => type.startsWith(start))
    .map(([, number]) => `${number} ${sha256Number} ${createHash("sha256").update(blob).digest("hex")}`);
}

/**
 * An Ed25519 key as an age recipient, for tools without support for SSH keys: its point on the curve of X25519. Null for
 * other algorithms. Source: https://github.com/Mic92/ssh-to-age
 */
export function ageRecipientOf(line: string): string | null {
  const { type, blob } = partsOf(line);
  if (type !== "ssh-ed25519") return null;
  const point = ed25519.utils.toMontgomery(blob.subarray(-32));
  return bech32.encodeFromBytes("age", point);
}

function partsOf(line: string): { type: string; blob: Buffer } {
  const [type = "", base64 = ""] = line.split(" ");
  return { type, blob: Buffer.from(base64, "base64") };
}
