import { defineGenerator } from "./generator.ts";
import { makePrivateKey, privatePem } from "./key-pair.ts";
import { signerInputs } from "./certificate-inputs.ts";

export const certificateAuthority = defineGenerator({
  description:
    "Self-signed certificate authority (X.509). The value is its private key (PEM). Public part: `certificate` (PEM). It can sign certificates of servers and clients, but not of other authorities.",
  inputs: () => signerInputs(3650),
  async generate({ algorithm, commonName, validDays }) {
    const { selfSignedAuthority } = await import("./x509.ts");
    const key = await makePrivateKey(algorithm);
    const { pem, expiresAt } = await selfSignedAuthority(key, { commonName, validDays });
    return { value: privatePem(key), public: { certificate: pem }, expiresAt };
  },
});
