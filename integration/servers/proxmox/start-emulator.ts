import { randomUUID, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callAs } from "./calls.ts";
import type { Settings } from "./emulator/settings.ts";
import type { Fault } from "./faults.ts";
import type { ProxmoxOptions, ProxmoxServer } from "./server.ts";
import { specFile } from "./spec-file.ts";
import { freePort } from "../process/free-port.ts";
import { startGuarded } from "../process/guarded-process.ts";
import { isListening } from "../process/is-listening.ts";
import { makeSelfSigned } from "../tls/self-signed.ts";

const main = join(import.meta.dirname, "emulator/main.ts");

/** Starts the emulator as a process on free ports of 127.0.0.1. Its state is in its memory. */
export async function startEmulator(options: ProxmoxOptions): Promise<EmulatedServer> {
  const folder = await mkdtemp(join(tmpdir(), "nixops4-proxmox-"));
  try {
    return await startIn(folder, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The emulator, with the port of its control channel. */
export interface EmulatedServer extends ProxmoxServer {
  readonly caFile: string;
  readonly controlPort: number;
}

async function startIn(folder: string, { nodes = ["pve1", "pve2"], sshPort }: ProxmoxOptions): Promise<EmulatedServer> {
  const host = "127.0.0.1";
  const secret = randomUUID();
  const token = `root@pam!tests=${secret}`;
  const [tokenFile, settingsFile, logFile] = [join(folder, "token"), join(folder, "settings"), join(folder, "log")];
  const { certificateFile, keyFile } = await makeSelfSigned(folder);
  const settings: Settings = {
    port: await freePort(),
    controlPort: await freePort(),
    certificateFile,
    keyFile,
    nodes: [...nodes],
    tokenSecret: secret,
    specFile: specFile(),
    hardware: sshPort === undefined ? null : { folder: join(folder, "machines"), sshPort },
  };
  await writeFile(tokenFile, token, { mode: 0o600 });
  await writeFile(settingsFile, JSON.stringify(settings), { mode: 0o600 });
  const guarded = startGuarded({
    command: [process.execPath, main, settingsFile],
    // As ourselves: another account may be unable to read the program.
    account: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    folder,
    stopSignal: "TERM",
    logFile,
  });
  const { port, controlPort } = settings;
  await guarded.waitUntil(async () => (await isListening(port)) && (await isListening(controlPort)));
  const fingerprint = new X509Certificate(await readFile(certificateFile)).fingerprint256;
  const administrator = { host, port, token, fingerprint };
  return {
    what: "the emulator",
    ...administrator,
    controlPort,
    url: `https://${host}:${port}`,
    caFile: certificateFile,
    tokenFile,
    nodes,
    storage: "local",
    otherStorage: "local2",
    bridge: "vmbr0",
    otherBridge: "vmbr1",
    call: (method, path, parameters) => callAs(administrator, method, path, parameters),
    log: async () => await readFile(logFile, "utf8"),
    fault: (fault) => tell(controlPort, fault),
    [Symbol.asyncDispose]: async () => await guarded[Symbol.asyncDispose](),
  };
}

/** Sends a fault to the control channel. */
async function tell(port: number, fault: Fault): Promise<void> {
  const sent = request({ host: "127.0.0.1", port, method: "POST", agent: false }).end(JSON.stringify(fault));
  const [response] = await once(sent, "response");
  let text = "";
  for await (const chunk of response) text += String(chunk);
  if (response.statusCode !== 200) throw new Error(`The emulator rejects the fault: ${text}`);
}
