import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { TsigKey } from "@nixops4-resources/integration-servers/dns/keys";
import { nameToWire } from "@nixops4-resources/dns-client";
import type { Endpoint } from "@nixops4-resources/protocol-core/testing";

/** What comes in place of an answer. The first three are signed as the server signs. */
export const dnsFaults = [
  "SERVFAIL",
  "REFUSED",
  "truncated",
  "wrong TSIG",
  "unsigned SERVFAIL",
  "half a message",
] as const;
export type DnsFault = (typeof dnsFaults)[number];

/** A proxy for DNS over TCP that replaces the answer to one request, counted from 1 across all connections. */
export class FaultyAnswers implements AsyncDisposable {
  requests = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #key: TsigKey;
  readonly #fault: { request: number; by: DnsFault } | undefined;

  private constructor(target: Endpoint, key: TsigKey, fault: { request: number; by: DnsFault } | undefined) {
    this.#key = key;
    this.#fault = fault;
    this.#server = createServer((client) => this.#serve(client, connect(target)));
  }

  static async start(
    target: Endpoint,
    key: TsigKey,
    fault?: { request: number; by: DnsFault },
  ): Promise<FaultyAnswers> {
    const proxy = new FaultyAnswers(target, key, fault);
    await once(proxy.#server.listen(0, "127.0.0.1"), "listening");
    return proxy;
  }

  get endpoint(): Endpoint {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The proxy is not listening.");
    return { host: "127.0.0.1", port: address.port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server.close(), "close");
  }

  #serve(client: Socket, server: Socket): void {
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket.on("error", () => socket.destroy()));
      socket.on("close", () => other.destroy());
    }
    const doomed = new Map<number, Buffer>();
    eachMessage(client, (request) => {
      if (++this.requests === this.#fault?.request) doomed.set(request.readUInt16BE(0), request);
      server.write(framed(request));
    });
    eachMessage(server, (answer) => {
      const request = doomed.get(answer.readUInt16BE(0));
      if (request === undefined || this.#fault === undefined) client.write(framed(answer));
      else this.#replace(client, request, answer, this.#fault.by);
    });
  }

  #replace(client: Socket, request: Buffer, answer: Buffer, by: DnsFault): void {
    const plain = headerOf(request);
    switch (by) {
      case "SERVFAIL":
        plain.writeUInt8(0x02, 3);
        client.write(framed(this.#signed(plain, request)));
        break;
      case "REFUSED":
        plain.writeUInt8(0x05, 3);
        client.write(framed(this.#signed(plain, request)));
        break;
      case "truncated":
        plain.writeUInt8(plain.readUInt8(2) | 0x02, 2);
        client.write(framed(this.#signed(plain, request)));
        break;
      case "unsigned SERVFAIL":
        plain.writeUInt8(0x02, 3);
        client.write(framed(plain));
        break;
      case "wrong TSIG": {
        const changed = Buffer.from(answer);
        changed.writeUInt8(changed.readUInt8(2) ^ 0x04, 2);
        client.write(framed(changed));
        break;
      }
      case "half a message":
        client.end(framed(answer).subarray(0, 2 + Math.floor(answer.length / 2)));
    }
  }

  /** RFC 8945, section 5.3: the MAC covers the request's MAC. Every request of the provider ends with its signature. */
  #signed(message: Buffer, request: Buffer): Buffer {
    const { name, algorithm, secretFile } = this.#key;
    const [keyName, algorithmName] = [nameToWire(`${name}.`), nameToWire(algorithm)];
    const signature = request.subarray(request.lastIndexOf(algorithmName) + algorithmName.length);
    const requestMac = signature.subarray(8, 10 + signature.readUInt16BE(8));
    const times = Buffer.alloc(8);
    times.writeUIntBE(Math.floor(Date.now() / 1000), 0, 6);
    times.writeUInt16BE(300, 6);
    const none = Buffer.alloc(4);
    const ofClass = Buffer.from([0, 255, 0, 0, 0, 0]);
    const mac = createHmac(algorithm.slice("hmac-".length), Buffer.from(readFileSync(secretFile, "utf8"), "base64"))
      .update(Buffer.concat([requestMac, message, keyName, ofClass, algorithmName, times, none]))
      .digest();
    const data = Buffer.concat([algorithmName, times, twoOctets(mac.length), mac, message.subarray(0, 2), none]);
    const signed = Buffer.concat([message, keyName, twoOctets(250), ofClass, twoOctets(data.length), data]);
    signed.writeUInt16BE(1, 10);
    return signed;
  }
}

/** An answer without any record: an authoritative NOERROR. */
function headerOf(request: Buffer): Buffer {
  const header = Buffer.alloc(12);
  request.copy(header, 0, 0, 4);
  header.writeUInt8((request.readUInt8(2) & 0x78) | 0x84, 2);
  header.writeUInt8(0, 3);
  return header;
}

function twoOctets(value: number): Buffer {
  const octets = Buffer.alloc(2);
  octets.writeUInt16BE(value);
  return octets;
}

const framed = (message: Buffer): Buffer => Buffer.concat([twoOctets(message.length), message]);

function eachMessage(socket: Socket, take: (message: Buffer) => void): void {
  let received = Buffer.alloc(0);
  socket.on("data", (octets: Buffer) => {
    received = Buffer.concat([received, octets]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      take(Buffer.from(received.subarray(2, end)));
      received = received.subarray(end);
    }
  });
}
