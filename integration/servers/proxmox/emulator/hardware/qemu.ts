import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeCloudInitDrive } from "./cloud-init-drive.ts";
import { commandLine, type DriveFile, type Reach } from "./command-line.ts";
import { DiskFiles } from "./disk-files.ts";
import type { Hardware, Machine, PoweredVm } from "./hardware.ts";
import { ask } from "./socket.ts";
import type { Log } from "../log.ts";
import { drivesOf } from "../qemu/disks/volume-access.ts";
import { isCd, isCloudInit, type Drive } from "../qemu/values/drive.ts";
import { failure, notEmulated } from "../refusal.ts";

/** Runs VMs by the QEMU on PATH, with emulated CPUs: one at a time, since their SSH has one port of this host. */
export class Qemu implements Hardware {
  readonly uploads: string;
  readonly #folder: string;
  readonly #sshPort: number;
  readonly #log: Log;
  readonly #disks: DiskFiles;

  constructor({ folder, sshPort }: { readonly folder: string; readonly sshPort: number }, log: Log) {
    this.#folder = folder;
    this.#sshPort = sshPort;
    this.#log = log;
    this.uploads = join(folder, "uploads");
    mkdirSync(this.uploads, { recursive: true });
    this.#disks = new DiskFiles(folder);
  }

  async start(powered: PoweredVm): Promise<Machine> {
    const { vmid, values } = powered;
    const reach: Reach = {
      sshPort: this.#sshPort,
      monitor: join(this.#folder, `${vmid}.qmp`),
      agent: join(this.#folder, `${vmid}.qga`),
      console: join(this.#folder, `${vmid}.console`),
    };
    const drives = await Promise.all(drivesOf(values).map(([key, drive]) => this.#driveFile(powered, key, drive)));
    const words = commandLine(values, drives, reach);
    this.#log(`VM ${vmid}: qemu-system-x86_64 ${words.join(" ")}`);
    return await run(words, reach);
  }

  async #driveFile({ vmid, values, volumeOf }: PoweredVm, key: string, drive: Drive): Promise<DriveFile> {
    if (isCloudInit(drive)) {
      return { key, file: await writeCloudInitDrive(this.#folder, vmid, values), format: "raw", isCd: true };
    }
    const volume = volumeOf(drive.file);
    if (volume === undefined || isCd(drive)) throw notEmulated(`a machine with ${key}: ${drive.file}`);
    return { key, file: await this.#disks.fileOf(volume), format: volume.format, isCd: false };
  }
}

/** Starts QEMU, which ends together with this process in any case. */
async function run(words: readonly string[], { monitor, agent }: Reach): Promise<Machine> {
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "qemu-system-x86_64", ...words], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  const closed = once(child, "close").then(() => undefined);
  const asking = (command: string, seconds?: number): Promise<unknown> =>
    ask(monitor, { execute: "qmp_capabilities" }, () => true, { execute: command }, seconds);
  const machine: Machine = {
    ended: closed,
    async askToShutDown(hasAgent) {
      const takesPing = hasAgent && (await machine.askAgent("guest-ping").then(Boolean, () => false));
      // The guest may end before it answers.
      if (takesPing) await machine.askAgent("guest-shutdown").catch(() => undefined);
      else await asking("system_powerdown");
    },
    async stop() {
      child.kill("SIGTERM");
      await closed;
    },
    async askAgent(command, parameters = {}) {
      const id = randomInt(1, 2 ** 31);
      const sync = { execute: "guest-sync-delimited", arguments: { id } };
      return await ask(agent, sync, (result) => result === id, { execute: command, arguments: parameters });
    },
  };
  await untilUp(
    () => asking("query-status"),
    closed,
    () => complaint,
  );
  return machine;
}

/** Waits until QEMU answers; throws its words if it ends instead. */
async function untilUp(query: () => Promise<unknown>, closed: Promise<void>, complaint: () => string): Promise<void> {
  let isClosed = false;
  void closed.then(() => (isClosed = true));
  for (;;) {
    if (isClosed) throw failure(`start failed: QEMU exited with code 1: ${complaint()}`);
    if (
      await query().then(
        () => true,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
