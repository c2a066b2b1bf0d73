import { createHash } from "node:crypto";
import { toRfc3339, type Instant } from "./instant.ts";

const namespaceX500 = Buffer.from("6ba7b8149dad11d180b400c04fd430c8", "hex");

/** The UUID of a user or a group, of version 3. Source: crates/domain/src/types.rs: Uuid::from_name_and_date */
export function uuidOf(name: string, created: Instant): string {
  const bytes = createHash("md5").update(namespaceX500).update(name).update(toRfc3339(created, "+00:00")).digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x30, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
