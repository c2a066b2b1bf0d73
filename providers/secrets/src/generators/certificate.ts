import { option, ProviderError, resolveSecret, secretRef } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";
import { endEntityInputs, signerInputs } from "./certificate-inputs.ts";
import { defineGenerator } from "./generator.ts";
import { makePrivateKey, privatePem } from "./key-pair.ts";

export const certificate = defineGenerator({
  description:
    "Certificate (X.509) signed by an authority. The value is its private key (PEM). Public part: `certificate` (PEM). If the authority's certificate changes, a new version is created automatically.",
  inputs: () => ({
    authority: option(
      z.strictObject({
        key: option(secretRef, "Private key of the authority (PEM), such as the output `ref` of its secret."),
        certificate: option(
          z.string().check(z.minLength(1)),
          "Certificate of the authority (PEM), such as the output `public.certificate` of its secret.",
        ),
      }),
      "Authority that signs the certificate.",
    ),
    ...endEntityInputs(),
    ...signerInputs(90),
  }),
  origin: {
    input: "authority",
    async identify({ authority }) {
      const { X509Certificate } = await import("node:crypto");
      try {
        return { authority: new X509Certificate(authority.certificate).fingerprint256 };
      } catch (cause) {
        throw new ProviderError<ErrorCode>("the certificate of the authority cannot be read", {
          code: "secrets.authority.invalid",
          hint: "Set `generator.certificate.authority.certificate` to one certificate in PEM",
          cause,
        });
      }
    },
  },
  async generate({ authority, algorithm, validDays, ...subject }) {
    const { signedCertificate } = await import("./x509.ts");
    const signingKey = await resolveSecret(authority.key, `the key of the authority of ${subject.commonName}`);
    const key = await makePrivateKey(algorithm);
    const { pem, expiresAt } = await signedCertificate(
      key,
      { ...subject, validDays },
      { certificate: authority.certificate, key: signingKey },
    );
    return { value: privatePem(key), public: { certificate: pem }, expiresAt };
  },
});
