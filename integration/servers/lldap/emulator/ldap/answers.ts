import { BerWriter, PagedResultsControl, ProtocolOperation } from "ldapts";
import type { LdapEntry } from "./entry-attributes.ts";

/** The tag of an answer that is only a result. */
export const answerTags = {
  bind: ProtocolOperation.LDAP_RES_BIND,
  search: ProtocolOperation.LDAP_RES_SEARCH,
  modify: ProtocolOperation.LDAP_RES_MODIFY,
  delete: ProtocolOperation.LDAP_RES_DELETE,
  extended: ProtocolOperation.LDAP_RES_EXTENSION,
} as const;

const octetString = 0x04;
const set = 0x31;

export function encodeResult(id: number, kind: keyof typeof answerTags, code: number, message: string): Buffer {
  return encode(id, (writer) => writeResult(writer, kind, code, message));
}

/** The end of a search has the control of paging, whether the client asked for pages or not. */
export function encodeSearchEnd(id: number, entries: number, code: number, message: string): Buffer {
  return encode(id, (writer) => {
    writeResult(writer, "search", code, message);
    writer.startSequence(ProtocolOperation.LDAP_CONTROLS);
    new PagedResultsControl({ value: { size: entries, cookie: Buffer.alloc(0) } }).write(writer);
    writer.endSequence();
  });
}

export function encodeEntry(id: number, { dn, attributes }: LdapEntry): Buffer {
  return encode(id, (writer) => {
    writer.startSequence(ProtocolOperation.LDAP_RES_SEARCH_ENTRY);
    writer.writeString(dn);
    writer.startSequence();
    for (const [name, values] of attributes) {
      writer.startSequence();
      writer.writeString(name);
      writer.startSequence(set);
      for (const value of values) writer.writeBuffer(value, octetString);
      writer.endSequence();
      writer.endSequence();
    }
    writer.endSequence();
    writer.endSequence();
  });
}

function encode(id: number, write: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  write(writer);
  writer.endSequence();
  return writer.buffer;
}

function writeResult(writer: BerWriter, kind: keyof typeof answerTags, code: number, message: string): void {
  writer.startSequence(answerTags[kind]);
  writer.writeEnumeration(code);
  writer.writeString("");
  writer.writeString(message);
  writer.endSequence();
}
