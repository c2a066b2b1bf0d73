import { option, runtimePath, secretRef, withExample } from "@nixops4-resources/protocol-core";
import { authoritiesFile } from "@nixops4-resources/protocol-tls";
import * as z from "zod/mini";
import { objectName } from "./object-name.ts";

/** Created only when it is used: creating types is a large part of the start-up time. */
const clientCertificate = z.lazy(() =>
  z.strictObject({
    certificate: option(runtimePath, "File with the certificate in PEM, followed by the intermediate certificates."),
    key: option(secretRef, "Private key of the certificate, in PEM."),
  }),
);

const authMethod = z.enum(["scram-sha-256", "md5", "password", "none"]);
export type AuthMethod = z.output<typeof authMethod>;

/**
 * The address of a server and the credentials for it, for every type that connects to PostgreSQL. `database` is passed
 * in, since its purpose differs between the types.
 */
export const connectionInputs = <Database extends z.ZodMiniType<string>>(database: Database) => ({
  host: option(
    withExample(
      z.string().check(
        z.minLength(1),
        z.refine((host) => !host.includes("\0"), "without a zero character"),
      ),
      "db.example.org",
    ),
    "Name or address of the server, or the folder of its Unix socket, such as `/run/postgresql`.",
  ),
  port: option(
    z.int().check(z.minimum(1), z.maximum(65_535)),
    "TCP port. For a Unix socket, the number in the socket's name.",
    5432,
  ),
  database,
  user: option(withExample(objectName, "nixops4"), "Role to log in as."),
  password: option(
    withExample(z.nullable(secretRef), { file: "/run/secrets/postgres" }),
    "Password of the role. Null means that the server does not ask for one (peer, trust, client certificate).",
    null,
  ),
  clientCertificate: option(
    z.nullable(clientCertificate),
    "Client certificate to present to the server. Null presents none.",
    null,
  ),
  requireAuth: option(
    z.nullable(z.array(authMethod).check(z.minLength(1))),
    "Accepted methods of authentication, by their libpq names: `scram-sha-256`, `md5`, `password` (clear text), and `none`, which is a server that asks for nothing. Null accepts only `scram-sha-256` for a password over plain TCP or over TLS without a verified server, since another method gives the password, or a hash of it, to any program that listens there. On a Unix socket, with `sslmode` `verify-ca` or `verify-full`, and without a password, null accepts every method.",
    null,
  ),
  ca: authoritiesFile,
  sslmode: option(
    z.nullable(z.enum(["disable", "require", "verify-ca", "verify-full"])),
    "TLS mode, by its libpq name: `disable` uses no TLS, `require` does not verify the server, `verify-ca` verifies its authority, `verify-full` verifies its authority and host name. Null means `disable` on a Unix socket, and on localhost if neither `ca` nor `clientCertificate` is set; otherwise it means `verify-full`. `allow` and `prefer` are not supported, since an attacker can make them give up TLS.",
    null,
  ),
});

interface TlsInputs {
  readonly host: string;
  readonly sslmode: string | null;
  readonly clientCertificate: object | null;
}

/** Checks that concern several of `connectionInputs`. */
export const connectionChecks = [
  z.refine<TlsInputs>(({ host, sslmode }) => !host.startsWith("/") || sslmode === null || sslmode === "disable", {
    path: ["sslmode"],
    message: "null or `disable` for a Unix socket, which never leaves the machine",
  }),
  z.refine<TlsInputs>(
    ({ host, clientCertificate: presented, sslmode }) =>
      presented === null || (sslmode !== "disable" && !host.startsWith("/")),
    { path: ["clientCertificate"], message: "null for a connection without TLS" },
  ),
] as const;

/** The connection of a provider that manages a server. */
export const connection = z
  .strictObject(
    connectionInputs(
      option(
        objectName,
        "Maintenance database. The provider takes locks in it, so everybody who manages this server should use the same one.",
        "postgres",
      ),
    ),
  )
  .check(...connectionChecks);

export type Connection = z.output<typeof connection>;
export type SslMode = NonNullable<Connection["sslmode"]>;

/** The effective mode, as the description of `sslmode` defines it. */
export function sslModeOf({ host, sslmode, ca, clientCertificate: presented }: Connection): SslMode {
  if (host.startsWith("/")) return "disable";
  if (sslmode !== null) return sslmode;
  return isLoopback(host) && ca === null && presented === null ? "disable" : "verify-full";
}

/**
 * Whether the host is always this machine. A name that resolves to this machine today may resolve elsewhere tomorrow.
 */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The address of the server in messages. */
export const addressOf = ({ host, port }: Connection): string =>
  host.startsWith("/") ? `${host}/.s.PGSQL.${port}` : `${host.includes(":") ? `[${host}]` : host}:${port}`;
