import { chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "./process/find-program.ts";
import { freePort } from "./process/free-port.ts";
import { startGuarded } from "./process/guarded-process.ts";
import { isListening } from "./process/is-listening.ts";
import { writePrivateFile } from "./process/private-file.ts";
import { makeServerFolder } from "./process/server-folder.ts";
import { unprivilegedAccount } from "./process/unprivileged-account.ts";

/** OpenLDAP's server on 127.0.0.1, with a directory that is empty at first. */
export interface Slapd extends AsyncDisposable {
  readonly url: string;
}

/** The directory, and the account that may change everything in it. */
export interface SlapdDirectory {
  readonly baseDn: string;
  readonly rootDn: string;
  readonly rootPassword: string;
}

/** Starts Debian's slapd. Throws `ServerUnavailable` if it is not installed. */
export async function startSlapd(directory: SlapdDirectory): Promise<Slapd> {
  const program = findProgram("slapd", "slapd");
  const folder = await makeServerFolder("slapd");
  const data = join(folder, "data");
  await mkdir(data, { mode: 0o700 });
  const account = unprivilegedAccount();
  if (account !== undefined) await chown(data, account.uid, account.gid);
  const settings = await writePrivateFile(join(folder, "slapd.conf"), settingsText(folder, directory));
  const port = await freePort();
  const url = `ldap://127.0.0.1:${port}`;
  const server = startGuarded({
    // With -d it stays in the foreground.
    command: [program, "-d", "0", "-h", url, "-f", settings],
    folder,
    stopSignal: "TERM",
    logFile: join(folder, "log"),
  });
  await server.waitUntil(() => isListening(port));
  return { url, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** Source: https://www.openldap.org/doc/admin26/slapdconfig.html */
const settingsText = (folder: string, { baseDn, rootDn, rootPassword }: SlapdDirectory): string => `
modulepath /usr/lib/ldap
moduleload back_mdb
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile ${folder}/pid
database mdb
directory ${folder}/data
suffix "${baseDn}"
rootdn "${rootDn}"
rootpw ${rootPassword}
`;
