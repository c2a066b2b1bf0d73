import { createHash } from "node:crypto";

/** Random, once. It is the namespace of the UUIDs below. */
const namespace = Buffer.from("6f1d0c64b1e14a5c9f0e6f0e4f1f6c8a", "hex");

/** A UUID of version 5: the same for the same name. Source: RFC 9562, section 5.5. */
export function uuidOf(name: string): string {
  const bytes = createHash("sha1").update(namespace).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
