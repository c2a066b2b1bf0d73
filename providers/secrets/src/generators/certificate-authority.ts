import { defineGenerator } from "./generator.ts";
import { makePrivateKey, privatePem } from "./key-pair.ts";
import { signerInputs } from "./certificate-inputs.ts";

export const certificateAuthority = defineGenerator({
  description:
    "A certificate authority of its own (X.509): the value is its private key (PEM). Public part: `certificate` (PEM), which it has signed itself, and which may sign certificates but no other authority.",
  inputs: () => signerInputs(3650),
  async generate({ algorithm, commonName, validDays }) {
    const { selfSignedAuthority } = await import("./x509.ts");
    const key = await makePrivateKey(algorithm);
    const { pem, expiresAt } = await selfSignedAuthority(key, { commonName, validDays });
    return { value: privatePem(key), public: { certificate: pem }, expiresAt };
  },
});
