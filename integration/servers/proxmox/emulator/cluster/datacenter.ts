import { ClusterOptions } from "./cluster-options.ts";
import { BackupJobs } from "./backup-jobs.ts";
import { HaResources } from "./ha-resources.ts";
import { Access } from "../access/access.ts";
import { newSecret } from "../access/accounts.ts";
import { Faults } from "../control/faults.ts";
import { Firewalls } from "../firewall/guest-firewall.ts";
import type { Hardware } from "../hardware/hardware.ts";
import { UploadedFiles } from "../http/uploads.ts";
import { failure } from "../refusal.ts";
import type { Guest } from "../qemu/guest.ts";
import { FileLocks } from "../qemu/locks.ts";
import { Storages } from "../storage/storages.ts";
import { Tasks } from "../tasks/tasks.ts";

export interface Node {
  readonly name: string;
  isDown: boolean;
}

/** The bridges of every node, in the zone `localnetwork`. */
export const bridges: readonly string[] = ["vmbr0", "vmbr1"];

/** The whole state of the emulated cluster. */
export class Datacenter {
  readonly access = new Access("secret");
  readonly faults = new Faults();
  readonly tasks = new Tasks(this.faults);
  readonly storages = new Storages(this.access);
  readonly locks = new FileLocks(this.faults);
  readonly uploads: UploadedFiles;
  readonly firewalls = new Firewalls();
  readonly backupJobs = new BackupJobs();
  readonly ha = new HaResources();
  readonly options = new ClusterOptions();
  readonly nodes: readonly Node[];
  readonly guests = new Map<number, Guest>();
  readonly fingerprint: string;
  /** What runs VMs; undefined if the emulator only says that they run. */
  readonly hardware: Hardware | undefined;
  readonly startedAt = Date.now();

  constructor(nodes: readonly string[], tokenSecret: string, fingerprint: string, hardware?: Hardware) {
    this.nodes = nodes.map((name) => ({ name, isDown: false }));
    this.fingerprint = fingerprint;
    this.hardware = hardware;
    this.uploads = new UploadedFiles(hardware?.uploads);
    this.access.accounts.user("root@pam").tokens.set("tests", {
      secret: tokenSecret || newSecret(),
      privsep: false,
      expire: undefined,
      comment: undefined,
    });
  }

  /** The node that clients are connected to. */
  get front(): Node {
    const [node] = this.nodes;
    if (node === undefined) throw new TypeError("A cluster without a node");
    return node;
  }

  /** Source: PVE/API2Tools.pm and pveproxy, which looks up the name of every node */
  node(name: string): Node {
    const node = this.nodes.find((candidate) => candidate.name === name);
    if (node !== undefined) return node;
    throw failure(
      `hostname lookup '${name}' failed - failed to get address info for: ${name}: Name or service not known`,
    );
  }

  /** A VM on this node. A missing VM is 500. Reference: section 1.1 */
  guest(node: string, vmid: number): Guest {
    const guest = this.guests.get(vmid);
    if (guest?.node === node) return guest;
    throw failure(`Configuration file 'nodes/${node}/qemu-server/${vmid}.conf' does not exist`);
  }
}
