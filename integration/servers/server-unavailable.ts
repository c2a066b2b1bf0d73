/** A server cannot be had on this machine, for this reason: its tests are skipped, or fail in CI. */
export class ServerUnavailable extends Error {
  override readonly name = "ServerUnavailable";
}
