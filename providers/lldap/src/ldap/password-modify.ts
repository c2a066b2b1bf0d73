import { BerWriter } from "ldapts";

/** The password modify extended operation. https://www.rfc-editor.org/rfc/rfc3062 */
export const passwordModify = "1.3.6.1.4.1.4203.1.11.1";

/** Context-specific tags of its request: userIdentity [0] and newPasswd [2]. */
const userIdentity = 0x80;
const newPassword = 0x82;

/** The value of its request: lldap needs no old password from an administrator. */
export function passwordModifyRequest(dn: string, password: string): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeString(dn, userIdentity);
  writer.writeString(password, newPassword);
  writer.endSequence();
  // The library prints its requests as JSON with NODE_DEBUG=ldapts.
  return Object.assign(writer.buffer, { toJSON: () => "[secret]" });
}
