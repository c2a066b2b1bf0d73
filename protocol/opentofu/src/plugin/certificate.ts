import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { bits, identifier, integer, octets, sequence, set, tagged, text, time, yes } from "./der.ts";

export interface Certificate {
  readonly der: Buffer;
  readonly pem: string;
  readonly key: string;
}

const dayMilliseconds = 86_400_000;

/**
 * Creates a certificate for `localhost` that signs itself, for the life of this process. Written by hand, since a library
 * for certificates would cost each start 20 ms. Source: RFC 5280
 */
export function makeCertificate(now = Date.now()): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(identifier("1.2.840.10045.4.3.2"));
  const name = sequence(set(sequence(identifier("2.5.4.3"), text("localhost"))));
  const body = sequence(
    tagged(0, integer(Buffer.from([2])), true),
    integer(serialNumber()),
    algorithm,
    name,
    sequence(time(new Date(now - dayMilliseconds)), time(new Date(now + 365 * dayMilliseconds))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(3, sequence(...extensions()), true),
  );
  const der = sequence(body, algorithm, bits(sign("sha256", body, privateKey)));
  return { der, pem: toPem(der), key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

function serialNumber(): Buffer {
  const number = randomBytes(16);
  // Positive, and without a leading zero byte.
  number[0] = ((number[0] ?? 0) & 0x7f) | 0x40;
  return number;
}

function extensions(): Buffer[] {
  const signsAndEncrypts = bits(Buffer.from([0b1010_1100]), 2);
  const clientAndServer = sequence(identifier("1.3.6.1.5.5.7.3.2"), identifier("1.3.6.1.5.5.7.3.1"));
  return [
    sequence(identifier("2.5.29.15"), yes(), octets(signsAndEncrypts)),
    sequence(identifier("2.5.29.37"), octets(clientAndServer)),
    sequence(identifier("2.5.29.19"), yes(), octets(sequence(yes()))),
    sequence(identifier("2.5.29.17"), octets(sequence(tagged(2, Buffer.from("localhost"), false)))),
  ];
}

function toPem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
