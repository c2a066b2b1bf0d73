// The emulator of lldap: `node main.ts SETTINGS_FILE`, with the JSON of `Settings` in ../programs.ts.
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import * as z from "zod";
import { Directory } from "./domain/directory.ts";
import { httpServer } from "./http/server.ts";
import { Tokens } from "./http/tokens.ts";
import { Tree } from "./ldap/dn.ts";
import { serveLdap } from "./ldap/server.ts";
import { logToStdout as log } from "./log.ts";

const day = 24 * 60 * 60;

const settingsSchema = z.object({
  baseDn: z.string(),
  username: z.string(),
  password: z.string(),
  httpPort: z.number(),
  ldapPort: z.number(),
  ldaps: z.nullable(
    z.object({
      port: z.number(),
      certificates: z.object({ serverCertificateFile: z.string(), serverKeyFile: z.string() }),
    }),
  ),
  tokenSeconds: z.nullable(z.number()),
});

const settings = settingsSchema.parse(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
const directory = new Directory(settings.username, settings.password);
const tree = new Tree(settings.baseDn);
const host = "127.0.0.1";

httpServer(directory, new Tokens(settings.tokenSeconds ?? day), log).listen(settings.httpPort, host);
createServer((socket) => serveLdap(socket, directory, tree, log)).listen(settings.ldapPort, host);
if (settings.ldaps !== null) {
  const { serverCertificateFile, serverKeyFile } = settings.ldaps.certificates;
  const files = { cert: readFileSync(serverCertificateFile), key: readFileSync(serverKeyFile) };
  createTlsServer(files, (socket) => serveLdap(socket, directory, tree, log))
    // A client that does not trust the certificate is no failure of the server.
    .on("tlsClientError", () => undefined)
    .listen(settings.ldaps.port, host);
}
