import { webcrypto } from "node:crypto";
import { join } from "node:path";
// A dependency of x509 requires that this is imported first.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { writeFile } from "node:fs/promises";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 24 * 60 * 60 * 1000;

/** Creates a certificate for `localhost` and 127.0.0.1 that signs itself. The key has mode 0600. */
export async function makeSelfSigned(folder: string): Promise<{ certificateFile: string; keyFile: string }> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=localhost",
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
      ]),
    ],
  });
  const [certificateFile, keyFile] = [join(folder, "server.crt"), join(folder, "server.key")];
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  await writeFile(certificateFile, certificate.toString("pem"));
  await writeFile(keyFile, key, { mode: 0o600 });
  return { certificateFile, keyFile };
}
