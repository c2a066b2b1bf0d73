import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GraphqlCalls } from "./graphql-calls.ts";
import type { LdapsServer, LldapOptions, LldapServer } from "./lldap.ts";
import { emulator, lldap, type Settings } from "./programs.ts";
import { freePort } from "../process/free-port.ts";
import { startGuarded } from "../process/guarded-process.ts";
import { isListening } from "../process/is-listening.ts";
import { makeCertificates } from "../tls/certificates.ts";

const username = "admin";
const baseDn = "dc=example,dc=com";

/** Starts the program of lldap at this path, or the emulator, on free ports of 127.0.0.1. */
export async function startProgram(bin: string | undefined, options: LldapOptions): Promise<LldapServer | LdapsServer> {
  const folder = await mkdtemp(join(tmpdir(), "nixops4-lldap-"));
  try {
    return await startIn(folder, bin, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(
  folder: string,
  bin: string | undefined,
  { ldaps = false, verbose = false, tokenSeconds }: LldapOptions,
): Promise<LldapServer | LdapsServer> {
  const password = randomBytes(18).toString("base64url");
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  const settings: Settings = {
    folder,
    baseDn,
    username,
    password,
    httpPort: await freePort(),
    ldapPort: await freePort(),
    ldaps: ldaps ? { port: await freePort(), certificates: await makeCertificates(folder, "client") } : null,
    verbose,
    tokenSeconds: tokenSeconds ?? null,
  };
  const program = bin === undefined ? emulator : lldap(bin);
  const logFile = join(folder, "log");
  const guarded = startGuarded({
    command: await program.command(settings),
    // As ourselves: another account may be unable to read the program.
    account: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    folder,
    stopSignal: program.stopSignal,
    logFile,
  });
  const { httpPort, ldapPort } = settings;
  const ports = [httpPort, ldapPort, ...(settings.ldaps === null ? [] : [settings.ldaps.port])];
  await guarded.waitUntil(async () => (await Promise.all(ports.map((port) => isListening(port)))).every(Boolean));
  const url = `http://127.0.0.1:${httpPort}`;
  const calls = new GraphqlCalls(url, { username, password });
  const server: LldapServer = {
    what: bin === undefined ? "the emulator" : "lldap",
    host: "127.0.0.1",
    httpPort,
    ldapPort,
    url,
    ldapUrl: `ldap://127.0.0.1:${ldapPort}`,
    baseDn,
    username,
    password,
    passwordFile,
    graphql: (query, variables) => calls.graphql(query, variables),
    log: async () => await readFile(logFile, "utf8"),
    [Symbol.asyncDispose]: async () => await guarded[Symbol.asyncDispose](),
  };
  if (settings.ldaps === null) return server;
  return { ...server, ldapsPort: settings.ldaps.port, caFile: settings.ldaps.certificates.caFile };
}
