export { readCertificates } from "./certificate-file.ts";
export type { ErrorCode } from "./errors.ts";
export { explainTls, type TlsPlace } from "./failure.ts";
export { authoritiesFile, tlsInputs, type TlsInputs } from "./inputs.ts";
export { pinCheck, type PinCheck } from "./pin.ts";
