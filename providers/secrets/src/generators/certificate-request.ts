import { defineGenerator } from "./generator.ts";
import { endEntityInputs } from "./certificate-inputs.ts";
import { makePrivateKey, privatePem } from "./key-pair.ts";

export const certificateRequest = defineGenerator({
  description:
    "Private key (PEM), with a certificate request (PKCS#10) to send to an authority. Public part: `request` (PEM).",
  inputs: endEntityInputs,
  async generate({ algorithm, ...subject }) {
    const { requestForCertificate } = await import("./x509.ts");
    const key = await makePrivateKey(algorithm);
    return { value: privatePem(key), public: { request: await requestForCertificate(key, subject) }, expiresAt: null };
  },
});
