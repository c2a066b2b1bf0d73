import type { Socket } from "node:net";
import type { Directory } from "../domain/directory.ts";
import { Panic } from "../domain/panic.ts";
import type { Log } from "../log.ts";
import { ElementReader, Malformed } from "./ber.ts";
import type { Tree } from "./dn.ts";
import { decodeMessage } from "./requests.ts";
import { LdapSession } from "./session.ts";

/** Serves one connection until the client leaves, or sends something that lldap cannot read. */
export function serveLdap(socket: Socket, directory: Directory, tree: Tree, log: Log): void {
  const reader = new ElementReader();
  const session = new LdapSession(directory, tree, log);
  socket.on("error", () => undefined);
  socket.on("data", (bytes: Buffer) => {
    try {
      for (const element of reader.push(bytes)) {
        const answers = session.answer(decodeMessage(element));
        if (answers === null) socket.end();
        else socket.write(Buffer.concat(answers));
      }
    } catch (error) {
      log(`ldap connection closed: ${error instanceof Error ? error.message : String(error)}`);
      socket.destroy();
      if (!(error instanceof Malformed || error instanceof Panic)) throw error;
    }
  });
}
