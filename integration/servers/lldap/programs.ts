import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GuardedProcessOptions } from "../process/guarded-process.ts";
import { ServerUnavailable } from "../server-unavailable.ts";
import type { Certificates } from "../tls/certificates.ts";

/** How a server is to run. */
export interface Settings {
  /** Folder of its files, which is its own. */
  readonly folder: string;
  readonly baseDn: string;
  readonly username: string;
  readonly password: string;
  readonly httpPort: number;
  readonly ldapPort: number;
  readonly ldaps: { readonly port: number; readonly certificates: Certificates } | null;
  readonly verbose: boolean;
  /** Null for 24 hours. */
  readonly tokenSeconds: number | null;
}

/** A program that serves as lldap. */
export interface Program {
  readonly stopSignal: GuardedProcessOptions["stopSignal"];
  /** Writes its settings, and returns the command that runs it. Passwords are not in the command. */
  command(settings: Settings): Promise<GuardedProcessOptions["command"]>;
}

/** The emulator in this folder. */
export const emulator: Program = {
  stopSignal: "TERM",
  async command(settings) {
    const file = join(settings.folder, "settings.json");
    await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
    return [process.execPath, join(import.meta.dirname, "emulator/main.ts"), file];
  },
};

/** The program of lldap itself. Throws `ServerUnavailable` if it does not exist. */
export function lldap(bin: string): Program {
  if (!existsSync(bin)) throw new ServerUnavailable(`LLDAP_BIN is ${bin}, which does not exist`);
  return {
    // On TERM it waits for open connections.
    stopSignal: "QUIT",
    async command(settings) {
      if (settings.tokenSeconds !== null) {
        throw new ServerUnavailable("lldap has no setting for the life of a token", { isOptional: true });
      }
      const file = join(settings.folder, "lldap_config.toml");
      await writeFile(file, settingsText(settings), { mode: 0o600 });
      // Without our environment, whose variables would overrule the file.
      return ["/usr/bin/env", "-i", bin, "run", `--config-file=${file}`];
    },
  };
}

/** `ldap_user_email` keeps its default, so that the administrator's e-mail address is empty. */
const settingsText = (settings: Settings): string => `
verbose = ${settings.verbose}
http_host = "127.0.0.1"
http_port = ${settings.httpPort}
ldap_host = "127.0.0.1"
ldap_port = ${settings.ldapPort}
ldap_base_dn = "${settings.baseDn}"
ldap_user_dn = "${settings.username}"
ldap_user_pass = "${settings.password}"
jwt_secret = "secret of a temporary server"
key_file = "${settings.folder}/server_key"
database_url = "sqlite://${settings.folder}/users.db?mode=rwc"
${settings.ldaps === null ? "" : ldapsText(settings.ldaps)}`;

const ldapsText = ({ port, certificates }: NonNullable<Settings["ldaps"]>): string => `
[ldaps_options]
enabled = true
port = ${port}
cert_file = "${certificates.serverCertificateFile}"
key_file = "${certificates.serverKeyFile}"
`;
