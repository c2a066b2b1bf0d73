/** A server is not available on this machine, with the reason. Its tests are skipped, or fail in CI. */
export class ServerUnavailable extends Error {
  override readonly name = "ServerUnavailable";
}
