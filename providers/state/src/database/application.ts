import { hostname, userInfo } from "node:os";

/** Name of our sessions, with user and machine for messages. PostgreSQL allows 63 ASCII characters. */
export const application = `nixops4-resources-state ${osUser()}@${hostname()}`.replaceAll(/[^ -~]/g, "?").slice(0, 63);

function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container the user may not have a name.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
