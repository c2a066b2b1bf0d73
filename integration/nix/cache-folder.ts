import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** The folder for downloads that are kept: $XDG_CACHE_HOME/nixops4-resources. */
export function cacheFolder(): string {
  const configured = process.env["XDG_CACHE_HOME"] ?? "";
  return join(isAbsolute(configured) ? configured : join(homedir(), ".cache"), "nixops4-resources");
}
