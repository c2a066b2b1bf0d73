import { connect } from "node:net";
import { BerWriter, ProtocolOperation } from "ldapts";
import { describe, expect, test } from "vitest";
import { startLldap, whatAnswers } from "../lldap.ts";
import { serverOf } from "../../testing.ts";

describe(`LDAP connections of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);

  test("requests may arrive in pieces or together, and are answered in their order", async () => {
    const messages = [1, 2, 3].map(whoAmI);
    const all = Buffer.concat(messages);
    // Success without a name, since nobody is bound.
    const answers = [1, 2, 3].map((id) => `300c02010${id}78070a010004000400`).join("");
    expect(await exchange([all])).toBe(answers);
    expect(await exchange([...all].map((byte) => Buffer.from([byte])))).toBe(answers);
  });

  test.each([
    ["a password that is not UTF-8", bind(3, (writer) => writer.writeBuffer(Buffer.from([0xff]), 0x80))],
    ["version 2", bind(2, (writer) => writer.writeString("x", 0x80))],
    ["SASL", bind(3, (writer) => writer.writeBuffer(Buffer.from("0405504c41494e", "hex"), 0xa3))],
    ["bytes that are no message", Buffer.from("020101020101", "hex")],
  ])("%s in place of a simple bind closes the connection without an answer", async (_, bytes) => {
    expect(await exchange([bytes])).toBe("");
  });

  /** Sends these bytes on one connection; returns those of three answers, or those until the server closes it. */
  async function exchange(pieces: readonly Buffer[]): Promise<string> {
    const socket = connect(server().ldapPort, server().host).setNoDelay(true);
    let received = "";
    let isClosed = false;
    socket.on("data", (bytes: Buffer) => (received += bytes.toString("hex")));
    socket.on("close", () => (isClosed = true));
    for (const piece of pieces) await new Promise((resolve) => socket.write(piece, resolve));
    await expect.poll(() => isClosed || received.length >= 3 * 28, { timeout: 5000 }).toBe(true);
    socket.destroy();
    return received;
  }
});

function message(id: number, tag: number, write: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  writer.startSequence(tag);
  write(writer);
  writer.endSequence();
  writer.endSequence();
  return writer.buffer;
}

function whoAmI(id: number): Buffer {
  return message(id, ProtocolOperation.LDAP_REQ_EXTENSION, (writer) =>
    writer.writeString("1.3.6.1.4.1.4203.1.11.3", 0x80),
  );
}

function bind(version: number, writeCredentials: (writer: BerWriter) => void): Buffer {
  return message(1, ProtocolOperation.LDAP_REQ_BIND, (writer) => {
    writer.writeInt(version);
    writer.writeString("");
    writeCredentials(writer);
  });
}
