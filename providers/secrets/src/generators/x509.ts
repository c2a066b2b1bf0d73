import { createPrivateKey, createPublicKey, webcrypto, X509Certificate, type KeyObject } from "node:crypto";
// A dependency of x509 needs it to be loaded first.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { ProviderError, type Secret } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "../errors.ts";

x509.cryptoProvider.set(webcrypto);

export interface Signed {
  pem: string;
  expiresAt: string;
}

export interface Subject {
  commonName: string;
  dnsNames: readonly string[];
  ipAddresses: readonly string[];
  usages: readonly ("server" | "client")[];
}

/** An authority that signs only end entities. Source: RFC 5280, sections 4.2.1.1 to 4.2.1.9. */
export async function selfSignedAuthority(
  key: KeyObject,
  { commonName, validDays }: { commonName: string; validDays: number },
): Promise<Signed> {
  const keys = keysOf(key);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validityOf(validDays),
    name: nameOf(commonName),
    keys,
    signingAlgorithm: signingAlgorithm(key),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return signed(certificate);
}

/** A certificate for `key`. It does not outlive the authority's certificate. */
export async function signedCertificate(
  key: KeyObject,
  { validDays, ...subject }: Subject & { validDays: number },
  authority: { certificate: string; key: Secret },
): Promise<Signed> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const issuerKey = authorityKey(authority);
  const { publicKey } = keysOf(key);
  const { notBefore, notAfter } = validityOf(validDays);
  const certificate = await x509.X509CertificateGenerator.create({
    notBefore,
    notAfter: notAfter < issuer.notAfter ? notAfter : issuer.notAfter,
    subject: nameOf(subject.commonName),
    issuer: issuer.subject,
    publicKey,
    signingKey: keysOf(issuerKey).privateKey,
    signingAlgorithm: signingAlgorithm(issuerKey),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      ...requestedExtensions(key, subject),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return signed(certificate);
}

export async function requestForCertificate(key: KeyObject, subject: Subject): Promise<string> {
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: nameOf(subject.commonName),
    keys: keysOf(key),
    signingAlgorithm: signingAlgorithm(key),
    extensions: requestedExtensions(key, subject),
  });
  return `${request.toString("pem")}\n`;
}

/** The authority's key. It must match the certificate, else clients would reject the signature. */
function authorityKey({ certificate, key }: { certificate: string; key: Secret }): KeyObject {
  try {
    const issuerKey = createPrivateKey(key.revealBytes());
    if (new X509Certificate(certificate).checkPrivateKey(issuerKey)) return issuerKey;
  } catch (cause) {
    throw new ProviderError<ErrorCode>("the key of the authority cannot be read", {
      code: "secrets.authority.invalid",
      hint: "Set `generator.certificate.authority.key` to a reference to a private key in PEM without a passphrase",
      cause,
    });
  }
  throw new ProviderError<ErrorCode>("the key of the authority does not match its certificate", {
    code: "secrets.authority.invalid",
    hint: "Set `authority.key` and `authority.certificate` to outputs of the same version of the authority's secret",
  });
}

function requestedExtensions(key: KeyObject, { dnsNames, ipAddresses, usages }: Subject): x509.Extension[] {
  const names = [
    ...dnsNames.map((value) => ({ type: "dns", value }) as const),
    ...ipAddresses.map((value) => ({ type: "ip", value }) as const),
  ];
  const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags;
  // Key encipherment exists only with RSA.
  const keyUsages = key.asymmetricKeyType === "rsa" ? [digitalSignature, keyEncipherment] : [digitalSignature];
  return [
    new x509.KeyUsagesExtension(
      keyUsages.reduce((all, flag) => all | flag),
      true,
    ),
    new x509.ExtendedKeyUsageExtension(
      usages.map((usage) => x509.ExtendedKeyUsage[usage === "server" ? "serverAuth" : "clientAuth"]),
    ),
    ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
  ];
}

function keysOf(key: KeyObject): webcrypto.CryptoKeyPair {
  const algorithm = signingAlgorithm(key);
  return {
    privateKey: key.toCryptoKey(algorithm, true, ["sign"]),
    publicKey: createPublicKey(key).toCryptoKey(algorithm, true, ["verify"]),
  };
}

const hashes = { "P-256": "SHA-256", "P-384": "SHA-384", "P-521": "SHA-512" } as const;

/** Signing algorithm of a key, as Web Crypto names it. */
function signingAlgorithm(key: KeyObject) {
  if (key.asymmetricKeyType === "rsa") return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const { crv } = key.export({ format: "jwk" });
  if (crv === "P-256" || crv === "P-384" || crv === "P-521") {
    return { name: "ECDSA", namedCurve: crv, hash: hashes[crv] };
  }
  return { name: "Ed25519" };
}

/** As structured parts, so that a comma has no special meaning. */
const nameOf = (commonName: string): x509.JsonName => [{ CN: [commonName] }];

const dayMs = 86_400_000;

/** Starts an hour ago, since clocks differ. Certificates have a resolution of one second. */
function validityOf(days: number): { notBefore: Date; notAfter: Date } {
  const now = Math.floor(Date.now() / 1000) * 1000;
  return { notBefore: new Date(now - dayMs / 24), notAfter: new Date(now + days * dayMs) };
}

const signed = (certificate: x509.X509Certificate): Signed => ({
  pem: `${certificate.toString("pem")}\n`,
  expiresAt: certificate.notAfter.toISOString(),
});
