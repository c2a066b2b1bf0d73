import { option, runtimePath, secretRef, withExample } from "@nixops4-resources/protocol-core";
import { authoritiesFile } from "@nixops4-resources/protocol-tls";
import * as z from "zod/mini";
import { objectName } from "./object-name.ts";

/** Made only where there is one: making types is a large part of a start. */
const clientCertificate = z.lazy(() =>
  z.strictObject({
    certificate: option(runtimePath, "File with the certificate in PEM, and with those between it and its authority."),
    key: option(secretRef, "Private key of the certificate, in PEM."),
  }),
);

/**
 * Where a server is and who we are there, of any type that connects to one. `database` is an option of its own, since what the
 * database is for differs.
 */
export const connectionInputs = <Database extends z.ZodMiniType<string>>(database: Database) => ({
  host: option(
    withExample(z.string().check(z.minLength(1)), "db.example.org"),
    "Name or address of the server; with a leading slash the folder of its Unix socket, such as `/run/postgresql`.",
  ),
  port: option(z.int().check(z.minimum(1), z.maximum(65_535)), "TCP port, and the number in the socket's name.", 5432),
  database,
  user: option(withExample(objectName, "nixops4"), "Role to log in as."),
  password: option(
    withExample(z.nullable(secretRef), { file: "/run/secrets/postgres" }),
    "Password of that role; null where the server asks for none (peer, trust, client certificate).",
    null,
  ),
  clientCertificate: option(z.nullable(clientCertificate), "Certificate to show to the server; null shows none.", null),
  ca: authoritiesFile,
  sslmode: option(
    z.nullable(z.enum(["disable", "require", "verify-ca", "verify-full"])),
    "libpq's name of how TLS is used: `disable` not at all, `require` without knowing the server, `verify-ca` with any server of the authorities, `verify-full` with this host alone. Null is `disable` on a Unix socket, and on localhost where neither `ca` nor `clientCertificate` is set; everywhere else it is `verify-full`. The modes that a third party could talk out of TLS (`allow`, `prefer`) are not offered.",
    null,
  ),
});

interface TlsInputs {
  readonly host: string;
  readonly sslmode: string | null;
  readonly clientCertificate: object | null;
}

/** What `connectionInputs` cannot say one by one. */
export const connectionChecks = [
  z.refine<TlsInputs>(({ host, sslmode }) => !host.startsWith("/") || sslmode === null || sslmode === "disable", {
    path: ["sslmode"],
    message: "null or `disable` with a Unix socket, which never leaves the machine",
  }),
  z.refine<TlsInputs>(
    ({ host, clientCertificate: shown, sslmode }) => shown === null || (sslmode !== "disable" && !host.startsWith("/")),
    { path: ["clientCertificate"], message: "null where there is no TLS to show it in" },
  ),
] as const;

/** The connection of a provider that manages a server. */
export const connection = z
  .strictObject(
    connectionInputs(
      option(
        objectName,
        "Database to work from. Locks are taken in it: everybody who manages this server must name the same one.",
        "postgres",
      ),
    ),
  )
  .check(...connectionChecks);

export type Connection = z.output<typeof connection>;
export type SslMode = NonNullable<Connection["sslmode"]>;

/** What null means; see the description of `sslmode`. */
export function sslModeOf({ host, sslmode, ca, clientCertificate: shown }: Connection): SslMode {
  if (host.startsWith("/")) return "disable";
  if (sslmode !== null) return sslmode;
  return isLoopback(host) && ca === null && shown === null ? "disable" : "verify-full";
}

/** Only what cannot be anything else: a name that merely resolves to this machine may resolve elsewhere tomorrow. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The server as messages call it. */
export const addressOf = ({ host, port }: Connection): string =>
  host.startsWith("/") ? `${host}/.s.PGSQL.${port}` : `${host.includes(":") ? `[${host}]` : host}:${port}`;
