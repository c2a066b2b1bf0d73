import { once } from "node:events";
import { connect } from "node:tls";

/** The SHA-256 fingerprint of the certificate of a server on this machine, as openssl prints it. */
export async function fingerprintOf(port: number): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}
