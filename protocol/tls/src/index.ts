export { readCertificates } from "./certificate-file.ts";
export type { ErrorCode } from "./errors.ts";
export { explainTls, type TlsPlace } from "./failure.ts";
export { authoritiesFile, tlsInputs, type TlsInputs } from "./inputs.ts";
export { socketOpener, type OpenSocket, type Place, type TlsPolicy } from "./open-socket.ts";
