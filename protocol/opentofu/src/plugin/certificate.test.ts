import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:tls";
import { expect, test } from "vitest";
import { makeCertificate } from "./certificate.ts";

test("makes a certificate for localhost that signs itself and is valid now", () => {
  const { der, pem } = makeCertificate();
  const certificate = new X509Certificate(pem);
  expect(certificate.raw.equals(der)).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkHost("localhost")).toBe("localhost");
  expect(certificate.ca).toBe(true);
  expect(certificate.validFromDate.getTime()).toBeLessThan(Date.now());
  expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now());
});

test("two such certificates authenticate client and server to each other", async () => {
  const [own, others] = [makeCertificate(), makeCertificate()];
  const server = createServer({ cert: own.pem, key: own.key, ca: others.pem, requestCert: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  const client = connect({
    port: address.port,
    host: "127.0.0.1",
    servername: "localhost",
    cert: others.pem,
    key: others.key,
    ca: own.pem,
  });
  await once(client, "secureConnect");
  expect(client.authorized).toBe(true);
  client.destroy();
  server.close();
});
