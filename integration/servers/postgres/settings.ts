import { join } from "node:path";
import type { Certificates } from "../tls/certificates.ts";

/** Superusers with these names log in over TLS by client certificate, or over the Unix socket without credentials. */
export const certifiedUser = "certified";
export const trustedUser = "trusted";

/** Users that the server asks for a password in clear text, or for its MD5 hash, once a test has created them. */
export const clearTextUser = "asked_for_clear_text";
export const md5User = "asked_for_md5";

export interface PostgresSettings {
  folder: string;
  port: number;
  certificates: Certificates | null;
  logStatements: boolean;
  isDurable: boolean;
}

/** The arguments of `postgres`. */
export function postgresArguments({
  folder,
  port,
  certificates,
  logStatements,
  isDurable,
}: PostgresSettings): string[] {
  const settings = {
    data_directory: join(folder, "data"),
    hba_file: join(folder, "pg_hba.conf"),
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: folder,
    // The data need not survive a power failure, and may be in memory.
    ...(!isDurable && { fsync: "off", full_page_writes: "off", max_wal_size: "128MB" }),
    // A backend logs a statement before executing it, so after an answer the statement is in the log.
    logging_collector: "off",
    log_line_prefix: "%m [%p] user=%u,db=%d,app=%a ",
    log_statement: logStatements ? "all" : "none",
    ...(certificates && {
      ssl: "on",
      ssl_ca_file: certificates.caFile,
      ssl_cert_file: certificates.serverCertificateFile,
      ssl_key_file: certificates.serverKeyFile,
    }),
  };
  return [
    "-D",
    join(folder, "data"),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
}

/** pg_hba.conf; the first matching rule applies. */
export function loginRules(certificates: Certificates | null): string {
  return [
    `local all ${trustedUser} trust`,
    ...(certificates ? [`hostssl all ${certifiedUser} all cert`] : []),
    "local all all scram-sha-256",
    `host all ${clearTextUser} all password`,
    `host all ${md5User} all md5`,
    "host all all all scram-sha-256",
    "host replication all all scram-sha-256",
    "",
  ].join("\n");
}
