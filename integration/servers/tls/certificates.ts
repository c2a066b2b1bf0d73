import { webcrypto } from "node:crypto";
import { join } from "node:path";
// A dependency of x509 requires that this is imported first.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { writePrivateFile } from "../process/private-file.ts";

/** Files of a temporary certificate authority and of two certificates that it signed. */
export interface Certificates {
  caFile: string;
  /** For `localhost` and 127.0.0.1. */
  serverCertificateFile: string;
  serverKeyFile: string;
  clientCertificateFile: string;
  clientKeyFile: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 24 * 60 * 60 * 1000;

/**
 * Creates certificates, the client's in the name of `clientName`. They began a day ago and are valid until tomorrow, the
 * server's until `serverValidUntil`. Keys have mode 0600.
 */
export async function makeCertificates(
  folder: string,
  clientName: string,
  serverValidUntil = new Date(Date.now() + day),
): Promise<Certificates> {
  x509.cryptoProvider.set(webcrypto);
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) };
  const authorityKeys = await makeKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: "CN=throw-away authority",
    signingAlgorithm: algorithm,
    keys: authorityKeys,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  const sign = async (name: string, extensions: x509.Extension[], notAfter = validity.notAfter) => {
    const keys = await makeKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity,
      notAfter,
      subject: `CN=${name}`,
      issuer: authority.subject,
      signingAlgorithm: algorithm,
      signingKey: authorityKeys.privateKey,
      publicKey: keys.publicKey,
      extensions,
    });
    return {
      certificateFile: await writePrivateFile(join(folder, `${name}.crt`), certificate.toString("pem")),
      keyFile: await writePrivateFile(join(folder, `${name}.key`), await toPem(keys.privateKey)),
    };
  };
  const names = new x509.SubjectAlternativeNameExtension([
    { type: "dns", value: "localhost" },
    { type: "ip", value: "127.0.0.1" },
  ]);
  const server = await sign("server", [names], serverValidUntil);
  const client = await sign(clientName, []);
  return {
    caFile: await writePrivateFile(join(folder, "ca.crt"), authority.toString("pem")),
    serverCertificateFile: server.certificateFile,
    serverKeyFile: server.keyFile,
    clientCertificateFile: client.certificateFile,
    clientKeyFile: client.keyFile,
  };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function toPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}
